# SPDX-License-Identifier: Apache-2.0
"""The expressions of FG's expr_feature and of normalizers, evaluated as Python's."""
import ast
import math
import re
import statistics

# Where one of these stands, lists are vectors; elsewhere they go element by element.
VECTOR_FUNCTIONS = r"reduce_|len\(|dot|dist|norm|variance|std_dev"

FUNCTIONS = {
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)), "abs": abs, "sqrt": math.sqrt, "log": math.log, "ln": math.log,
    "log10": math.log10, "exp": math.exp, "sign": lambda x: (x > 0) - (x < 0), "floor": math.floor, "min": min, "max": max,
    "reduce_max": max, "reduce_min": min, "reduce_sum": sum, "len": len, "avg": lambda *x: sum(x) / len(x),
    "sum": lambda *x: sum(x), "trunc": math.trunc, "ceil": math.ceil, "tanh": math.tanh, "sin": math.sin, "cos": math.cos,
    "round": lambda x: math.copysign(math.floor(abs(x) + 0.5), x), "dot": lambda a, b: sum(x * y for x, y in zip(a, b)),
    "reduce_mean": lambda v: sum(v) / len(v), "reduce_prod": math.prod, "squared_norm": lambda v: sum(x * x for x in v),
    "euclid_dist": lambda a, b: math.dist(a, b), "_pi": math.pi, "_e": math.e, "bool": bool,
    "log2": math.log2, "variance": statistics.pvariance, "std_dev": statistics.pstdev, "pop_variance": statistics.variance,
}


class FgOperators(ast.NodeTransformer):
    """Comparisons stand on one level and go left to right; `or` and `and` give truths."""

    def visit_Compare(self, node):
        self.generic_visit(node)
        for op, right in zip(node.ops, node.comparators):
            node = ast.Compare(left=node.left if node.comparators[0] is right else node, ops=[op], comparators=[right])
        return node

    def visit_BoolOp(self, node):
        self.generic_visit(node)
        return ast.Call(func=ast.Name(id="bool", ctx=ast.Load()), args=[node], keywords=[])


def arithmetic(expression, names):
    """Scalars, vectors element by element, or a vector function of vectors."""
    lists = [v for v in names.values() if isinstance(v, list)]
    if lists and not re.search(VECTOR_FUNCTIONS, expression):
        at = lambda v, i: v[i] if isinstance(v, list) else v
        return [arithmetic(expression, {k: at(v, i) for k, v in names.items()}) for i in range(min(map(len, lists)))]
    code = expression.replace("^", "**").replace("&&", " and ").replace("||", " or ")
    choice = re.fullmatch(r"(.*)\?(.*):(.*)", code)
    if choice:
        code = "({1}) if ({0}) else ({2})".format(*choice.groups())
    tree = ast.fix_missing_locations(FgOperators().visit(ast.parse(code, mode="eval")))
    try:
        return float(eval(compile(tree, expression, "eval"), {"__builtins__": {}}, {**FUNCTIONS, **names}))
    except (TypeError, ValueError, ZeroDivisionError):
        return None
