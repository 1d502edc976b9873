/**
 * scikit-learn, XGBoost and LightGBM exports of classifiers end in ZipMap (ai.onnx.ml), whose output is a sequence of
 * maps that ONNX Runtime's Node binding cannot hand over. The operator only puts class labels beside the columns of
 * its input tensor, so that the tensor and the labels say the same.
 */

import { listAttribute, listInitializer, type OnnxGraph, type OnnxNode } from './onnx-graph.ts';
import { concatBytes, encodeField, encodeInteger } from './wire.ts';

const float32 = 1;

/** The model with each ZipMap at an output replaced by the tensor it reads; null when there is none. */
export function cutZipMaps(model: Uint8Array, graph: OnnxGraph): Uint8Array | null {
  const cuts = graph.nodes.filter((node) => isZipMap(node) && outputOf(graph, node) !== undefined);
  if (cuts.length === 0) return null;
  const edits: { start: number; end: number; bytes: Uint8Array }[] = [];
  const named = new Set(graph.outputs.map((output) => output.name));
  for (const node of cuts) {
    edits.push({ start: node.start, end: node.end, bytes: new Uint8Array(0) });
    const output = outputOf(graph, node);
    const tensor = node.inputs[0] ?? '';
    if (output === undefined) continue;
    // A tensor that is an output already must not be named twice.
    const replacement = named.has(tensor)
      ? new Uint8Array(0)
      : tensorOutput(tensor, zipMapLabels(node)?.length);
    named.add(tensor);
    edits.push({ start: output.start, end: output.end, bytes: replacement });
  }
  const edited = encodeField(7, splice(graph.graph, edits));
  return concatBytes([model.subarray(0, graph.start), edited, model.subarray(graph.end)]);
}

/** Class labels as the model itself states them, in the order of its score columns; null: it states none. */
export function classLabels(graph: OnnxGraph): string[] | null {
  for (const node of graph.nodes) {
    if (isZipMap(node)) {
      const labels = zipMapLabels(node);
      if (labels !== null) return labels;
    }
  }
  // Several classifiers may vote in one graph (bagging, stacking); the last one to state labels is the outermost.
  for (const node of [...graph.nodes].reverse()) {
    const labels = nodeLabels(graph, node);
    if (labels !== null && labels.length > 1) return labels;
  }
  return null;
}

function nodeLabels(graph: OnnxGraph, node: OnnxNode): string[] | null {
  switch (node.operator) {
    case 'TreeEnsembleClassifier':
    case 'LinearClassifier':
    case 'SVMClassifier':
      return nonEmpty(
        listAttribute(node, 'classlabels_strings'),
        listAttribute(node, 'classlabels_int64s'),
        listAttribute(node, 'classlabels_ints'),
      );
    case 'ArrayFeatureExtractor':
      // skl2onnx ends classifiers without an operator of their own in `classes[argmax]`.
      return leadsToOutput(graph, node) ? listInitializer(graph, node.inputs[0] ?? '') : null;
    case 'LabelEncoder':
      return leadsToOutput(graph, node)
        ? nonEmpty(listAttribute(node, 'values_strings'), listAttribute(node, 'values_int64s'))
        : null;
    default:
      return null;
  }
}

/** Whether a node's output reaches an output of the model through nodes that only change shape or type. */
function leadsToOutput(graph: OnnxGraph, node: OnnxNode): boolean {
  const outputs = new Set(graph.outputs.map((output) => output.name));
  const passing = new Set(['Cast', 'Reshape', 'Squeeze', 'Flatten', 'Identity']);
  let name = node.outputs[0] ?? '';
  for (let step = 0; step < 8; step++) {
    if (outputs.has(name)) return true;
    const next = graph.nodes.find((other) => other.inputs[0] === name && passing.has(other.operator));
    if (next === undefined) return false;
    name = next.outputs[0] ?? '';
  }
  return false;
}

function isZipMap(node: OnnxNode): boolean {
  return node.operator === 'ZipMap' && node.domain === 'ai.onnx.ml';
}

function outputOf(graph: OnnxGraph, node: OnnxNode): OnnxGraph['outputs'][number] | undefined {
  return graph.outputs.find((output) => output.name === node.outputs[0]);
}

function zipMapLabels(node: OnnxNode): string[] | null {
  return nonEmpty(listAttribute(node, 'classlabels_strings'), listAttribute(node, 'classlabels_int64s'));
}

function nonEmpty(...lists: readonly (string[] | null)[]): string[] | null {
  return lists.find((list) => list !== null && list.length > 0) ?? null;
}

/** A ValueInfoProto of a float tensor [N, width] as output field; ZipMap's input is float by its definition. */
function tensorOutput(name: string, width: number | undefined): Uint8Array {
  const rows = encodeField(1, encodeField(2, 'N'));
  const columns = encodeField(1, width === undefined ? encodeField(2, 'C') : encodeInteger(1, width));
  const tensor = concatBytes([encodeInteger(1, float32), encodeField(2, concatBytes([rows, columns]))]);
  return encodeField(12, concatBytes([encodeField(1, name), encodeField(2, encodeField(1, tensor))]));
}

function splice(
  bytes: Uint8Array,
  edits: readonly { start: number; end: number; bytes: Uint8Array }[],
): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    parts.push(bytes.subarray(at, edit.start), edit.bytes);
    at = edit.end;
  }
  parts.push(bytes.subarray(at));
  return concatBytes(parts);
}
