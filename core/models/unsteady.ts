/**
 * Operators that make a model's answers unsteady: random draws, and layers left in training mode.
 * https://onnx.ai/onnx/operators/ (Dropout since opset 12, BatchNormalization since opset 14)
 */

import { type OnnxGraph, type OnnxNode, readNode } from './onnx-graph.ts';
import { type Field, fieldsOf, textOf } from './wire.ts';

const drawing: ReadonlySet<string> = new Set([
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
  'Bernoulli',
  'Multinomial',
]);
/** Only these are looked into for graphs within: the attributes of tree ensembles are long. */
const controlFlow: ReadonlySet<string> = new Set(['If', 'Loop', 'Scan', 'SequenceMap']);

/** What readers of a result should know of the model's answers; empty for nearly all models. Weights are not decoded. */
export function unsteadyNotices(graph: OnnxGraph): string[] {
  const draws = new Set<string>();
  let batchStatistics = false;
  const visit = (nodes: readonly OnnxNode[], scopes: readonly Scope[]): void => {
    for (const node of nodes) {
      if (node.domain !== '' && node.domain !== 'ai.onnx') continue;
      // With a seed attribute, ONNX Runtime draws the same numbers in each run.
      if (drawing.has(node.operator)) {
        if (attributeOf(node, 'seed') === null) draws.add(node.operator);
      } else if (node.operator === 'Dropout') {
        const mode = node.inputs[2];
        if (mode !== undefined && mode !== '' && isTrue(mode, scopes) && attributeOf(node, 'seed') === null)
          draws.add('Dropout in training mode');
      } else if (node.operator === 'BatchNormalization') {
        batchStatistics ||= attributeOf(node, 'training_mode')?.some(({ varint }) => varint === 1n) ?? false;
      } else if (controlFlow.has(node.operator)) {
        for (const inner of subgraphsOf(node)) {
          const body = nodesOf(inner);
          visit(body, [scopeOf(body, inner), ...scopes]);
        }
      }
    }
  };
  visit(graph.nodes, [scopeOf(graph.nodes, graph.graph)]);
  for (const nodes of graph.functions) visit(nodes, [scopeOf(nodes, null)]);
  return [
    ...(draws.size === 0
      ? []
      : [`the model draws random numbers (${[...draws].sort().join(', ')}): two runs may disagree`]),
    ...(batchStatistics
      ? [
          'the model has BatchNormalization in training mode: what it says of a row depends on the other rows of the batch',
        ]
      : []),
  ];
}

/** Whether a value is a boolean constant that is true; null: the scope has none of that name. */
type Scope = (name: string) => boolean | null;

/** @param graph GraphProto with the initializers; null: a function, which has none. */
function scopeOf(nodes: readonly OnnxNode[], graph: Uint8Array | null): Scope {
  // Made when first asked, and once: a large model may have many Dropouts, most models have none.
  let makers: Map<string, OnnxNode> | null = null;
  const known = new Map<string, boolean | null>();
  const find = (name: string): boolean | null => {
    makers ??= new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
    const maker = makers.get(name);
    if (maker !== undefined) {
      // A value computed at run time is not known: false.
      const tensor = maker.operator === 'Constant' ? attributeOf(maker, 'value') : null;
      return tensor?.some(({ number, bytes }) => number === 5 && firstElement(bytes)) ?? false;
    }
    for (const field of graph === null ? [] : fieldsOf(graph)) {
      if (field.number === 5 && tensorName(field.bytes) === name) return firstElement(field.bytes);
    }
    return null;
  };
  return (name) => {
    let found = known.get(name);
    if (found === undefined) {
      found = find(name);
      known.set(name, found);
    }
    return found;
  };
}

/** In the nearest scope that has the name. */
function isTrue(name: string, scopes: readonly Scope[]): boolean {
  for (const scope of scopes) {
    const found = scope(name);
    if (found !== null) return found;
  }
  return false;
}

function tensorName(tensor: Uint8Array): string {
  for (const field of fieldsOf(tensor)) if (field.number === 8) return textOf(field);
  return '';
}

/** Whether the first element of a tensor of booleans is true: `int32_data`, packed or not, or `raw_data`. */
function firstElement(tensor: Uint8Array): boolean {
  for (const field of fieldsOf(tensor)) {
    if (field.number === 5) return field.type === 0 ? field.varint !== 0n : field.bytes[0] === 1;
    if (field.number === 9) return field.bytes[0] === 1;
  }
  return false;
}

/** The fields of an attribute beside its name; null: the node has none of that name. */
function attributeOf(node: OnnxNode, name: string): Field[] | null {
  for (const field of fieldsOf(node.bytes)) {
    if (field.number !== 5) continue;
    const parts = [...fieldsOf(field.bytes)];
    if (parts.some((part) => part.number === 1 && textOf(part) === name))
      return parts.filter((part) => part.number !== 1 && part.number !== 20);
  }
  return null;
}

function subgraphsOf(node: OnnxNode): Uint8Array[] {
  const graphs: Uint8Array[] = [];
  for (const field of fieldsOf(node.bytes)) {
    if (field.number !== 5) continue;
    for (const part of fieldsOf(field.bytes)) if (part.number === 6) graphs.push(part.bytes);
  }
  return graphs;
}

function nodesOf(graph: Uint8Array): OnnxNode[] {
  return [...fieldsOf(graph)].filter((field) => field.number === 1).map(readNode);
}
