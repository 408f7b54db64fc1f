# SPDX-License-Identifier: Apache-2.0
"""Writes networks as ONNX: nodes are added one after another, constants where they are used."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

TYPES = {np.float32: TensorProto.FLOAT, np.int64: TensorProto.INT64}


class Network:
    def __init__(self):
        self.nodes = []
        self.constants = []
        self.inputs = []
        self.outputs = []

    def input(self, name, *shape, dtype=np.float32):
        """An input of any number of rows; `shape` is what stands behind them."""
        self.inputs.append(helper.make_tensor_value_info(name, TYPES[dtype], ["rows_" + name, *shape]))
        return name

    def constant(self, value, dtype=np.float32):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def add(self, op, *inputs, **attributes):
        name = f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [name], **attributes))
        return name

    def axes(self, *axes):
        return self.constant(axes, np.int64)

    def dense(self, x, weights, bias):
        return self.add("Add", self.add("MatMul", x, self.constant(weights)), self.constant(bias))

    def output(self, node, name, *shape, dtype=np.float32):
        self.nodes.append(helper.make_node("Identity", [node], [name]))
        self.outputs.append(helper.make_tensor_value_info(name, TYPES[dtype], ["rows", *shape]))

    def save(self, path):
        graph = helper.make_graph(self.nodes, "network", self.inputs, self.outputs, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
        onnx.checker.check_model(model)
        onnx.save(model, str(path))
