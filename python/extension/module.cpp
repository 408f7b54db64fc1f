// SPDX-License-Identifier: Apache-2.0
// The module featc._featc: what python/featc is made of.
#include <nanobind/nanobind.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "extension/capsules.h"
#include "extension/program.h"
#include "featc/arrow.hpp"

namespace nb = nanobind;

namespace featc::python {
namespace {

nb::dict describe(const OutputInfo& output) {
  nb::dict out;
  out["name"] = output.name;
  out["kind"] = std::string(outputKindName(output.kind));
  out["scope"] = std::string(scopeName(output.scope));
  out["slot"] = output.slot;
  out["shared"] = output.shared;
  out["weighted"] = output.hasWeights();
  out["width"] = output.kind == OutputKind::Dense ? output.width : 0;
  out["length"] = output.length;
  out["pad"] = output.length == 0 ? "" : output.padLeft ? "left" : "right";
  out["group"] = output.group;
  return out;
}

nb::dict describe(const InputInfo& input) {
  nb::dict out;
  out["name"] = input.name;
  out["scope"] = std::string(scopeName(input.scope));
  out["type"] = toString(input.type.present());
  out["nullable"] = input.type.nullable();
  return out;
}

template <class T>
nb::list describeAll(const std::vector<T>& all) {
  nb::list out;
  for (const T& one : all) out.append(describe(one));
  return out;
}

// What an extraction has met, and the stores that it read.
struct Extraction {
  std::shared_ptr<ArrowStreamReport> report;
  StoreBinding stores;
};

// Features of a stream as a stream, and what it will have met once it has ended.
nb::tuple extract(const Program& program, nb::object capsule, const StoreUrls& stores, bool leaveOutFailed,
                  bool withStatus, bool largeLists, bool idLists, uint32_t threads, int64_t pieceRows) {
  ArrowOwner<ArrowArrayStream> in(fromCapsule<ArrowArrayStream>(capsule, kStreamCapsule));
  ArrowStreamOptions options;
  options.output = {leaveOutFailed, withStatus, largeLists, idLists};
  options.threads = threads;
  options.pieceRows = pieceRows;
  auto report = std::make_shared<ArrowStreamReport>();
  const StoreBinding bound = program.bindStores(stores);
  ArrowOwner<ArrowArrayStream> out;
  std::string error;
  {
    nb::gil_scoped_release release;
    report->warnings = program.unserved(stores);
    error = extractArrowStream(program.extractor(bound), in.get(), options, out.get(), report);
  }
  if (!error.empty()) throw nb::value_error(error.c_str());
  return nb::make_tuple(toCapsule(std::move(out), kStreamCapsule), Extraction{std::move(report), bound});
}

// The text, and what `extract` warns of too; of a single row no field is missed.
nb::tuple explainRows(const Program& program, nb::object capsule, uint64_t item, bool brief, const StoreUrls& stores,
                      bool isOneRow) {
  ArrowOwner<ArrowArrayStream> in(fromCapsule<ArrowArrayStream>(capsule, kStreamCapsule));
  std::vector<std::string> warnings = program.unserved(stores);
  std::string text;
  {
    nb::gil_scoped_release release;
    ArrowOwner<ArrowSchema> schema;
    if (in->get_schema(in.get(), schema.get()) == 0) {
      const ArrowBinding binding(program.info(), *schema.get(), program.inputUsed());
      const std::vector<std::string> more = isOneRow ? binding.unknownColumns() : binding.warnings();
      warnings.insert(warnings.end(), more.begin(), more.end());
    }
    text = program.explain(std::move(in), item, brief, stores);
  }
  return nb::make_tuple(text, warnings);
}

// How the columns of a record batch are used: by field whether it was converted, and where its validity,
// offsets and values lie.
nb::dict bound(const Program& program, nb::object schemaCapsule, nb::object arrayCapsule) {
  ArrowOwner<ArrowSchema> schema(fromCapsule<ArrowSchema>(schemaCapsule, kSchemaCapsule));
  ArrowOwner<ArrowArray> array(fromCapsule<ArrowArray>(arrayCapsule, kArrayCapsule));
  const ArrowBinding binding(program.info(), *schema.get());
  if (!binding.error().empty()) throw nb::value_error(binding.error().c_str());
  const ArrowBatch batch(binding, std::move(array));
  if (!batch.error().empty()) throw nb::value_error(batch.error().c_str());
  auto address = [](const void* pointer) { return reinterpret_cast<uintptr_t>(pointer); };
  nb::dict out;
  for (size_t i = 0; i < program.info().inputs.size(); ++i) {
    const ColumnData& column = batch.columns()[i];
    if (column.absent) continue;
    out[program.info().inputs[i].qualified().c_str()] =
        nb::make_tuple(batch.isConverted(i), address(column.validity), address(column.offsets), address(column.values));
  }
  return out;
}

nb::object schema(const Program& program, bool withStatus, bool idLists) {
  ArrowOwner<ArrowSchema> out;
  exportArrowSchema(program.info(), {false, withStatus, false, idLists}, out.get());
  return toCapsule(std::move(out), kSchemaCapsule);
}

}  // namespace

NB_MODULE(_featc, m) {
  m.attr("PAYLOAD_BITS") = kPayloadBits;
  m.attr("ENGINES") = nb::tuple(nb::cast(engineNames()));

  nb::class_<Extraction>(m, "Report")
      .def_prop_ro("written", [](const Extraction& e) { return e.report->totals.written; })
      .def_prop_ro("failed", [](const Extraction& e) { return e.report->totals.failedRows; })
      .def_prop_ro("warnings", [](const Extraction& e) { return e.report->warnings; });

  nb::class_<Program>(m, "Program")
      .def_prop_ro("model", [](const Program& p) { return p.info().model; })
      .def_prop_ro("semantics", [](const Program& p) { return p.info().semantics; })
      .def_prop_ro("fingerprint", [](const Program& p) { return fingerprintText(p.info().fingerprint); })
      .def_prop_ro("inputs", [](const Program& p) { return describeAll(p.info().inputs); })
      .def_prop_ro("outputs", [](const Program& p) { return describeAll(p.info().outputs); })
      .def_prop_ro("sources",
                   [](const Program& p) {
                     std::vector<std::string> names;
                     for (const SourceInfo& source : p.info().sources) names.push_back(source.name);
                     return names;
                   })
      .def_prop_ro("files", &Program::files)
      .def("schema", &schema)
      .def("bound", &bound)
      .def(
          "data_warnings",
          [](const Program& p, const Extraction& e) {
            std::vector<std::string> lines = dataWarnings(e.report->totals, p.info());
            for (std::string& line : p.findings(*e.report, e.stores)) lines.push_back(std::move(line));
            return lines;
          },
          nb::call_guard<nb::gil_scoped_release>())
      .def("extract", &extract)
      .def("unserved", &Program::unserved)
      .def("explain_rows", &explainRows)
      .def("explain",
           nb::overload_cast<const std::string&, uint64_t, bool, const StoreUrls&>(&Program::explain, nb::const_),
           nb::call_guard<nb::gil_scoped_release>());

  nb::class_<Compiled>(m, "Compiled")
      .def_ro("program", &Compiled::program)
      .def_ro("diagnostics", &Compiled::diagnostics)
      .def_ro("texts", &Compiled::texts)
      .def_ro("error", &Compiled::error);
  m.def("compile", &compile, nb::arg("path"), nb::arg("text").none(), nb::arg("root"), nb::arg("engine"),
        nb::arg("cpu"), nb::call_guard<nb::gil_scoped_release>());
}

}  // namespace featc::python
