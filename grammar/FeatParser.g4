// SPDX-License-Identifier: Apache-2.0
// The grammar of one statement. Tokens come from frontend/lexer.cpp, cut into statements by
// frontend/layout.cpp; no word is reserved, so the first word of a statement is its only keyword.
//
// Every decision needs one token of look-ahead. Expressions are flat here: precedence lives in
// one table, in frontend/expression_builder.cpp.
parser grammar FeatParser;

tokens {
  MODEL, IMPORT, SEMANTICS, HASH_FAMILY, REQUEST, ITEM, SOURCE, LET, FN, EXTERN, SPARSE, DENSE, SEQUENCE, GROUP,
  NAMELESS_GROUP, WHERE, PAD,
  NAME, INTEGER, FLOAT, STRING, TRUE, FALSE,
  LEFT_PAREN, RIGHT_PAREN, LEFT_BRACKET, RIGHT_BRACKET, LEFT_BRACE, RIGHT_BRACE,
  COMMA, COLON, QUESTION, DOT, ASSIGN,
  PLUS, MINUS, STAR, SLASH, PERCENT, NOT,
  LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL, NOT_EQUAL, AND, OR, DEFAULT
}

statement
  : ( modelStatement
    | importStatement
    | semanticsStatement
    | hashFamilyStatement
    | schemaStatement
    | sourceStatement
    | letStatement
    | fnStatement
    | externStatement
    | outputStatement
    | groupStatement
    ) EOF
  ;

modelStatement      : MODEL NAME ;
importStatement     : IMPORT STRING ;
semanticsStatement  : SEMANTICS INTEGER ;
hashFamilyStatement : HASH_FAMILY NAME ;

schemaStatement : (REQUEST | ITEM) LEFT_BRACE field* RIGHT_BRACE ;
sourceStatement : SOURCE NAME parameters encoding? LEFT_BRACE sourceEntry* RIGHT_BRACE ;
letStatement    : LET NAME ASSIGN expression ;
fnStatement     : FN NAME parameters ASSIGN expression ;
externStatement : EXTERN NAME NAME parameters MINUS GREATER type NAME STRING ;  // extern fn ... -> ... from "..."
outputStatement : (SPARSE | DENSE | SEQUENCE) NAME (clause | padClause)* ASSIGN expression ;
// `sequence group NAME over LIST, ... length 50 {`: what stands in the braces are statements of their own.
// Without NAME it is a nameless one.
groupStatement  : (GROUP NAME NAME NAME | NAMELESS_GROUP NAME NAME) expression (COMMA expression)*
                  (clause | padClause | whereClause)* LEFT_BRACE ;

field       : NAME COLON type ;
type        : (NAME (LESS type (COMMA type)* GREATER)? | structType) QUESTION? ;
structType  : LEFT_BRACE (field COMMA?)* RIGHT_BRACE ;    // as a list's element: list<{ id: int64, ts: int64 }>
parameters  : LEFT_PAREN (parameter (COMMA parameter?)*)? RIGHT_PAREN ;
parameter   : field (ASSIGN expression)? ;          // a default is for the parameters of a fn
encoding    : NAME NAME ;                           // encoding hash|json
sourceEntry : NAME (NAME? STRING | COLON type) ;    // key "pattern", key escaped "pattern", or a field
clause      : NAME (MINUS? (INTEGER | FLOAT))? ;    // slot 4, shared, default -1.5
padClause   : PAD NAME ;                            // pad left
whereClause : WHERE expression ;                    // of a group: which elements stay

expression
  : operand
    ( ( STAR | SLASH | PERCENT | PLUS | MINUS | LESS | LESS_EQUAL | GREATER | GREATER_EQUAL
      | EQUAL | NOT_EQUAL | AND | OR | DEFAULT
      ) operand
    )*
    (QUESTION expression COLON expression)?
  ;

operand
  : (MINUS | NOT)*
    ( INTEGER
    | FLOAT
    | STRING
    | TRUE
    | FALSE
    | NAME arguments?
    | LEFT_PAREN expression RIGHT_PAREN
    | list
    | map
    )
    (DOT NAME | index)*
  ;

// The left side of `=` must be a plain name; that and doubled commas are seen to when the tree is read.
arguments : LEFT_PAREN (argument (COMMA argument?)*)? RIGHT_PAREN ;
argument  : expression (ASSIGN expression)? ;
index     : LEFT_BRACKET expression RIGHT_BRACKET ;
list      : LEFT_BRACKET (expression (COMMA expression?)*)? RIGHT_BRACKET ;
map       : LEFT_BRACE (entry (COMMA entry?)*)? RIGHT_BRACE ;
entry     : expression COLON expression ;
