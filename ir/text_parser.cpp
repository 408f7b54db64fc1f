// SPDX-License-Identifier: Apache-2.0
// Reads a graph's text form. The text comes from outside: whatever is wrong in it is an error message.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "ir/interpreter.h"
#include "ir/text.h"
#include "ir/text_scanner.h"
#include "ir/verifier.h"

namespace featc {
namespace {

constexpr uint32_t kMaxSources = 1U << 20U;
// Of a dense output's width and a sequence's length.
constexpr uint32_t kMaxWidth = 65'536;

template <class... A>
[[noreturn]] void fail(fmt::format_string<A...> text, A&&... args) {
  throw IrTextError(fmt::format(text, std::forward<A>(args)...));
}

class GraphParser {
 public:
  GraphParser(Sources* origins, const PluginFolders& plugins) : origins_(origins), plugins_(plugins) {}

  // One line; header lines come before the first node.
  void parseLine(std::string_view text) {
    TextScanner line(text);
    if (line.atEnd()) return;
    if (line.nextIs('%')) {
      parseNode(line);
    } else if (line.acceptWord("output")) {
      parseOutput(line);
    } else {
      if (graph_.size() > 0) fail("\"{}\" must come before the first node", line.word());
      parseHeader(line);
    }
    line.expectEnd();
  }

  Graph finish() {
    for (SourceInfo& source : info().sources) source.semantics = info().semantics;
    if (auto problems = verify(graph_); !problems.empty()) fail("{}", problems.front());
    return std::move(graph_);
  }

 private:
  ProgramInfo& info() { return graph_.info(); }

  // -- Header ---------------------------------------------------------------------------------------

  void parseHeader(TextScanner& line) {
    if (line.acceptWord("semantics")) {
      info().semantics = line.integer<uint32_t>(1, kNewestSemantics);
    } else if (line.acceptWord("model")) {
      info().model = line.name();
    } else if (line.acceptWord("fingerprint")) {
      std::string text = line.string();
      auto fingerprint = parseFingerprint(text);
      if (!fingerprint) fail("\"{}\" is not a fingerprint: 16 hexadecimal digits", text);
      info().fingerprint = *fingerprint;
    } else if (line.acceptWord("hash_family")) {
      std::string name = line.name();
      auto family = parseHashFamily(name);
      if (!family) fail("unknown hash family \"{}\"", name);
      info().hashFamily = *family;
    } else if (line.acceptWord("schema")) {
      parseInput(line);
    } else if (line.acceptWord("source")) {
      parseSource(line);
    } else if (line.acceptWord("field")) {
      parseSourceField(line);
    } else if (line.acceptWord("extern")) {
      parseExtern(line);
    } else {
      fail("unknown line \"{}\"", line.word());
    }
  }

  static Type parseFieldType(TextScanner& line) {
    line.expect(':');
    std::optional<Type> type = line.type(true);
    if (!type || !isFieldType(*type)) fail("no field can have this type");
    return *type;
  }

  template <class Field>
  static std::string parseStructList(TextScanner& line, const Field& field) {
    if (!line.acceptWord("member_of")) return {};
    std::string list = line.name();
    bool isMember = !list.empty() && field.name.size() > list.size() + 1 && field.name.starts_with(list + ".");
    if (!isMember || !field.type.isList()) fail("\"{}\" is not a member of \"{}\"", field.name, list);
    return list;
  }

  // The members of a list stand side by side and are missing together. `key` tells lists apart.
  template <class Field>
  void checkStructList(const std::vector<Field>& before, const Field& field, const std::string& key) {
    std::string last = std::exchange(lastStructList_, field.structList.empty() ? std::string() : key);
    if (field.structList.empty()) return;
    bool goesOn = !before.empty() && key == last;
    if (!goesOn && !structLists_.insert(key).second) fail("the members of {} are not side by side", field.structList);
    if (goesOn && before.back().type.nullable() != field.type.nullable())
      fail("some members of {} may be missing and others not", field.structList);
  }

  void parseInput(TextScanner& line) {
    InputInfo input;
    input.scope = line.scope();
    if (input.scope == Scope::Constant) fail("a field belongs to request or item");
    line.expect('.');
    input.name = line.name();
    input.type = parseFieldType(line);
    input.structList = parseStructList(line, input);
    if (!inputs_.emplace(input.qualified(), info().inputs.size()).second)
      fail("field {} appears twice", input.qualified());
    checkStructList(info().inputs, input, InputInfo{input.scope, input.structList, {}}.qualified());
    info().inputs.push_back(std::move(input));
  }

  void parseSource(TextScanner& line) {
    SourceInfo source;
    source.name = line.name();
    line.expect('(');
    while (!line.accept(')')) {
      if (!source.keys.empty()) line.expect(',');
      SourceField key;
      key.name = line.name();
      key.type = parseFieldType(line);
      if (!key.type.isScalar() || key.type.isTimestamp()) fail("a key field is a single value and not a timestamp");
      source.keys.push_back(std::move(key));
    }
    if (source.keys.empty()) fail("a source has at least one key field");
    if (!line.acceptWord("encoding")) fail("\"encoding\" is missing");
    if (line.acceptWord("json")) {
      source.encoding = Encoding::Json;
    } else if (!line.acceptWord("hash")) {
      fail("unknown encoding \"{}\"", line.word());
    }
    if (!line.acceptWord("key")) fail("\"key\" is missing");
    source.keyEscaped = line.acceptWord("escaped");
    source.keyPattern = line.string();
    if (info().sources.size() >= kMaxSources) fail("more than {} sources", kMaxSources);
    if (!sources_.emplace(source.name, info().sources.size()).second) fail("source {} appears twice", source.name);
    info().sources.push_back(std::move(source));
  }

  void parseSourceField(TextScanner& line) {
    SourceInfo& source = info().sources[findSource(line.name())];
    line.expect('.');
    SourceField field;
    field.name = line.name();
    field.type = parseFieldType(line);
    field.structList = parseStructList(line, field);
    if (!sourceFields_.emplace(source.name + '\0' + field.name, source.fields.size()).second) {
      fail("field {}.{} appears twice", source.name, field.name);
    }
    checkStructList(source.fields, field, source.name + '\0' + field.structList);
    source.fields.push_back(std::move(field));
  }

  void parseExtern(TextScanner& line) {
    auto wanted = [&](std::string_view word) {
      if (!line.acceptWord(word)) fail("\"{}\" is missing", word);
    };
    auto parseType = [&] {
      std::optional<Type> type = line.type();
      if (!type || !isExternType(*type)) fail("an extern fn cannot have this type");
      return *type;
    };
    ExternDecl decl;
    wanted("fn");
    decl.name = line.name();
    line.expect('(');
    while (!line.accept(')')) {
      if (!decl.params.empty()) line.expect(',');
      ExternParam& param = decl.params.emplace_back();
      param.name = line.name();
      line.expect(':');
      param.type = parseType();
    }
    if (decl.params.size() > kMaxArguments) fail("more than {} parameters", kMaxArguments);
    line.expect('-');
    line.expect('>');
    decl.result = parseType();
    wanted("from");
    decl.library = line.string();
    wanted("content");
    std::string content = line.string();
    if (!externs_.emplace(decl.name, info().externs.size()).second) fail("extern fn {} appears twice", decl.name);
    LoadedExtern loaded = loadExtern(decl, plugins_);
    if (loaded.fn == nullptr) fail("extern fn {}: {}", decl.name, loaded.error);
    if (loaded.fn->content != content)
      fail("extern fn {}: \"{}\" is not the file that this was made with", decl.name, decl.library);
    info().externs.push_back(std::move(loaded.fn));
  }

  uint32_t findSource(const std::string& name) const {
    auto it = sources_.find(name);
    if (it == sources_.end()) fail("unknown source \"{}\"", name);
    return static_cast<uint32_t>(it->second);
  }

  // -- Nodes ----------------------------------------------------------------------------------------

  void parseNode(TextScanner& line) {
    uint32_t number = line.nodeNumber();
    if (nodes_.contains(number)) fail("%{} appears twice", number);
    line.expect('=');
    NodeId id = parseExpression(line);
    line.expect(':');
    checkType(line, graph_.node(id).type);
    if (line.accept('@')) {
      Scope scope = line.scope();
      Scope actual = graph_.node(id).scope;
      if (scope != actual) fail("its scope is {}, not {}", scopeName(actual), scopeName(scope));
    }
    nodes_.emplace(number, id);
    if (origins_ == nullptr) return;
    if (auto place = line.place()) graph_.setOrigin(id, origins_->addPlace(place->file, place->at));
  }

  static void checkType(TextScanner& line, Type actual) {
    bool aligned = line.peekWord() == "rows";
    std::optional<Type> type = line.type();
    bool same = type ? *type == actual : actual.isRow() && actual.rowAligned() == aligned;
    if (same) return;
    if (actual.isRow()) fail("its type is {}", actual.rowAligned() ? "rows" : "row");
    fail("its type is {}, not {}", toString(actual), type ? toString(*type) : "row");
  }

  NodeId parseExpression(TextScanner& line) {
    if (line.acceptWord("const")) return parseConstant(line);
    if (line.acceptWord("input")) {
      Scope scope = line.scope();
      line.expect('.');
      std::string name = InputInfo{scope, line.name(), Type()}.qualified();
      auto it = inputs_.find(name);
      if (it == inputs_.end()) fail("unknown field \"{}\"", name);
      return graph_.addInput(static_cast<uint32_t>(it->second));
    }
    if (line.acceptWord("read")) return parseRead(line);
    if (line.acceptWord("field")) return parseField(line);
    return parseCall(line);
  }

  NodeId parseConstant(TextScanner& line) {
    TextScanner value = line.skipConstant();
    // The type stands behind the constant but says how to read it.
    TextScanner behind = line;
    behind.expect(':');
    std::optional<Type> type = behind.type();
    if (!type) fail("no constant is a row");
    Value parsed = value.constant(*type);
    if (!value.nextIs(':')) fail("the constant is not of type {}", toString(*type));
    return graph_.addConstant(std::move(parsed), *type);
  }

  NodeId parseRead(TextScanner& line) {
    uint32_t source = findSource(line.name());
    const auto& keys = info().sources[source].keys;
    line.expect('(');
    std::vector<NodeId> args = line.nextIs(')') ? std::vector<NodeId>() : parseArgs(line);
    line.expect(')');
    if (args.size() != keys.size()) fail("{} keys are given, {} are expected", args.size(), keys.size());
    for (size_t i = 0; i < args.size(); ++i) {
      Type type = graph_.node(args[i]).type;
      if (!type.same(keys[i].type) && !type.same(Type::list(keys[i].type))) {
        fail("key {} is {}, not {}", keys[i].name, toString(type), toString(keys[i].type));
      }
    }
    return graph_.addRead(source, args);
  }

  NodeId parseField(TextScanner& line) {
    NodeId read = parseArg(line);
    if (graph_.node(read).kind != NodeKind::Read) fail("only a read has fields");
    line.expect('.');
    std::string name = line.name();
    const SourceInfo& source = info().sources[graph_.node(read).index];
    auto it = sourceFields_.find(source.name + '\0' + name);
    if (it == sourceFields_.end()) fail("source {} has no field \"{}\"", source.name, name);
    return graph_.addField(read, static_cast<uint32_t>(it->second));
  }

  NodeId parseArg(TextScanner& line) {
    uint32_t number = line.nodeNumber();
    auto it = nodes_.find(number);
    if (it == nodes_.end()) fail("%{} is not defined above", number);
    return it->second;
  }

  std::vector<NodeId> parseArgs(TextScanner& line) {
    std::vector<NodeId> args{parseArg(line)};
    while (line.accept(',')) args.push_back(parseArg(line));
    return args;
  }

  // `%1, each %2`: of the second, a list, the operator takes one element at a time.
  std::vector<NodeId> parseCallArgs(TextScanner& line, uint64_t& mapMask) {
    std::vector<NodeId> args;
    while (line.nextIs('%') || line.peekWord() == "each" || !args.empty()) {
      if (args.size() == kMaxArguments) fail("more than {} arguments", kMaxArguments);
      if (line.acceptWord("each")) mapMask |= uint64_t{1} << args.size();
      args.push_back(parseArg(line));
      if (!line.accept(',')) break;
    }
    return args;
  }

  NodeId parseCall(TextScanner& line) {
    std::string name(line.word());
    const Operator* op = nullptr;
    if (name == "extern") {
      name = line.name();
      auto it = externs_.find(name);
      if (it == externs_.end()) fail("unknown extern fn \"{}\"", name);
      op = &info().externs[it->second]->op;
    } else {
      op = operators().find(name);
      if (op == nullptr) fail("unknown operator \"{}\"", name);
    }
    uint64_t mapMask = 0;
    std::vector<NodeId> args = parseCallArgs(line, mapMask);
    std::vector<Type> types;
    for (size_t i = 0; i < args.size(); ++i) {
      const Node& arg = graph_.node(args[i]);
      if (arg.type.isRow()) fail("argument {} is a row", i + 1);
      bool mapped = (mapMask >> i & 1U) != 0;
      if (mapped && !arg.type.isList()) fail("argument {} is not a list, so it has no elements", i + 1);
      bool isConstant = !op->params.empty() && op->params[op->paramOfArg(i)].isConstant;
      if (isConstant && (arg.scope != Scope::Constant || mapped)) {
        fail("argument {} of {} must be a constant", i + 1, name);
      }
      types.push_back(arg.type);
    }
    types = seenTypes(mapMask, types);
    std::optional<Resolution> resolution = resolve(*op, types, info().semantics);
    if (!resolution) fail("{} takes no arguments of types {}", name, typeList(types));
    if (resolution->convertMask != 0) fail("integer arguments of {} must be converted with \"float\" first", name);
    NodeId id = graph_.addCall(*op, CallResolution(*resolution, mapMask), args);
    checkPrepare(id);
    return id;
  }

  static std::string typeList(const std::vector<Type>& types) {
    std::string out;
    for (Type type : types) out += fmt::format("{}{}", out.empty() ? "" : ", ", toString(type));
    return out;
  }

  // Engines prepare operator states at load time and rely on it to succeed.
  void checkPrepare(NodeId id) {
    const Operator& op = *graph_.node(id).op;
    if (op.prepare == nullptr) return;
    std::vector<Value> values;
    std::vector<Type> types;
    auto args = graph_.args(id);
    for (size_t i = 0; i < args.size(); ++i) {
      if (!op.params[op.paramOfArg(i)].isConstant) continue;
      values.push_back(graph_.isConstant(args[i]) ? graph_.constant(args[i]) : evaluateConstant(graph_, args[i]));
      types.push_back(graph_.node(args[i]).type);
    }
    if (Prepared prepared = op.prepare(values, types); prepared.error) {
      fail("{}: {}: {}", op.name, op.params[prepared.error->param].name, prepared.error->message);
    }
  }

  // -- Outputs --------------------------------------------------------------------------------------

  void parseOutput(TextScanner& line) {
    OutputInfo output;
    output.kind = parseOutputKind(line.word());
    output.name = line.name();
    if (!outputNames_.insert(output.name).second) fail("output {} appears twice", output.name);
    while (!line.nextIs('%')) parseClause(line, output);
    NodeId value = parseArg(line);
    output.type = graph_.node(value).type;
    output.scope = graph_.node(value).scope;
    if (auto problem = outputProblem(output, output.type)) fail("{}", *problem);
    graph_.addOutput(value);
    info().outputs.push_back(std::move(output));
  }

  static OutputKind parseOutputKind(std::string_view text) {
    for (OutputKind kind : {OutputKind::Sparse, OutputKind::Dense, OutputKind::Sequence}) {
      if (text == outputKindName(kind)) return kind;
    }
    fail("unknown kind of output \"{}\"", text);
  }

  static void parseClause(TextScanner& line, OutputInfo& output) {
    if (line.acceptWord("group")) {
      output.group = line.name();
      if (output.group.empty()) fail("a group has a name");
    } else if (line.acceptWord("slot")) {
      output.slot = line.integer<uint32_t>(1, kMaxSlot);
    } else if (line.acceptWord("shared")) {
      output.shared = true;
    } else if (line.acceptWord("missing")) {
      output.missing = line.integer<int64_t>(0, static_cast<int64_t>(kPayloadMask));
    } else if (line.acceptWord("width")) {
      output.hasWidth = true;
      output.width = line.integer<uint32_t>(1, kMaxWidth);
    } else if (line.acceptWord("default")) {
      output.defaultValue = line.number();
    } else if (line.acceptWord("length")) {
      output.length = line.integer<uint32_t>(1, kMaxWidth);
    } else if (line.acceptWord("pad_left")) {
      output.padLeft = true;
    } else if (line.acceptWord("count_lost_bits")) {
      output.countLostBits = true;
    } else if (line.acceptWord("may_round")) {
      output.mayRound = true;
    } else {
      fail("unknown clause \"{}\"", line.word());
    }
  }

  Graph graph_;
  Sources* origins_;
  const PluginFolders& plugins_;
  std::unordered_map<uint32_t, NodeId> nodes_;  // by the number in the text
  std::unordered_map<std::string, size_t> inputs_;
  std::unordered_map<std::string, size_t> sources_;
  std::unordered_map<std::string, size_t> sourceFields_;
  std::unordered_map<std::string, size_t> externs_;
  std::set<std::string> outputNames_;
  std::set<std::string> structLists_;
  std::string lastStructList_;  // of the field before, empty: it is not a member
};

}  // namespace

Expected<Graph> parseGraph(std::string_view text, Sources* sources, const PluginFolders& plugins) {
  GraphParser parser(sources, plugins);
  size_t number = 0;
  try {
    while (!text.empty()) {
      ++number;
      size_t end = std::min(text.find('\n'), text.size());
      parser.parseLine(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parser.finish();
  } catch (const IrTextError& problem) {
    return Error(fmt::format("line {}: {}", number, problem.what()), ErrorCode::BadModel);
  }
}

}  // namespace featc
