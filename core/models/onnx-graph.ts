/**
 * What of an .onnx file is needed beside running it: producer, opset, nodes, class labels, external data files.
 * Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */

import { type Field, fieldsOf, integersOf, textOf, WireError } from './wire.ts';

export interface OnnxNode {
  readonly operator: string;
  /** Empty: the standard operators. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Where the node's field lies in the bytes of the graph. */
  readonly start: number;
  readonly end: number;
  /** NodeProto. */
  readonly bytes: Uint8Array;
}

export interface OnnxOutput {
  readonly name: string;
  /** Where the output's field lies in the bytes of the graph. */
  readonly start: number;
  readonly end: number;
}

export interface OnnxGraph {
  readonly producer: string | null;
  /** Of the standard operators. */
  readonly opset: number | null;
  readonly nodes: readonly OnnxNode[];
  readonly outputs: readonly OnnxOutput[];
  /** Nodes of each function that the model defines for itself. */
  readonly functions: readonly (readonly OnnxNode[])[];
  /** Paths of external data files as the model states them, each once. */
  readonly externalData: readonly string[];
  /** Bytes of the GraphProto. */
  readonly graph: Uint8Array;
  /** Where the graph's field lies in the model. */
  readonly start: number;
  readonly end: number;
}

/** Reads a ModelProto. @throws WireError when the bytes are no whole model. */
export function readOnnxGraph(model: Uint8Array): OnnxGraph {
  let producer: string | null = null;
  let producerVersion = '';
  let opset: number | null = null;
  let graph: Field | null = null;
  const functions: OnnxNode[][] = [];
  for (const field of fieldsOf(model)) {
    if (field.number === 2) producer = textOf(field);
    else if (field.number === 3) producerVersion = textOf(field);
    else if (field.number === 7 && field.type === 2) graph = field;
    else if (field.number === 8) opset = standardOpset(field.bytes) ?? opset;
    else if (field.number === 25) functions.push(functionNodes(field.bytes));
  }
  if (graph === null) throw new WireError('has no graph');
  const nodes: OnnxNode[] = [];
  const outputs: OnnxOutput[] = [];
  const externalData = new Set<string>();
  for (const field of fieldsOf(graph.bytes)) {
    if (field.number === 1) {
      nodes.push(readNode(field));
      for (const attribute of fieldsOf(field.bytes)) {
        if (attribute.number !== 5) continue;
        for (const part of fieldsOf(attribute.bytes)) {
          // Fields stand in order; past the tensor come the long lists of tree ensembles.
          if (part.number > 5) break;
          if (part.number === 5) collectExternal(part.bytes, externalData);
        }
      }
    } else if (field.number === 5) collectExternal(field.bytes, externalData);
    else if (field.number === 12)
      outputs.push({ name: firstText(field.bytes), start: field.start, end: field.end });
  }
  const named = producer === null || producer === '' ? null : `${producer} ${producerVersion}`.trim();
  return {
    producer: named,
    opset,
    nodes,
    outputs,
    functions,
    externalData: [...externalData],
    graph: graph.bytes,
    start: graph.start,
    end: graph.end,
  };
}

/** An attribute of a node that holds integers or strings, as text; null: the node has no such attribute. */
export function listAttribute(node: OnnxNode, name: string): string[] | null {
  for (const field of fieldsOf(node.bytes)) {
    if (field.number !== 5) continue;
    const values: string[] = [];
    let matches = false;
    for (const part of fieldsOf(field.bytes)) {
      if (part.number === 1) {
        matches = textOf(part) === name;
        if (!matches) break;
      } else if (part.number === 8) for (const value of integersOf(part)) values.push(value.toString());
      else if (part.number === 9) values.push(textOf(part));
    }
    if (matches) return values;
  }
  return null;
}

/** Values of an initializer with int64 or string elements, as text; null: there is none of that name and type. */
export function listInitializer(graph: OnnxGraph, name: string): string[] | null {
  for (const field of fieldsOf(graph.graph)) {
    if (field.number !== 5) continue;
    let found = '';
    const values: string[] = [];
    let type = 0;
    for (const part of fieldsOf(field.bytes)) {
      if (part.number === 8) found = textOf(part);
      else if (part.number === 2) type = Number(part.varint);
      else if (part.number === 6) values.push(textOf(part));
      else if (part.number === 7) values.push(...integersOf(part).map(String));
      else if (part.number === 9) values.push(...rawIntegers(part.bytes));
    }
    if (found === name) return (type === 7 || type === 8) && values.length > 0 ? values : null;
  }
  return null;
}

function rawIntegers(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values: string[] = [];
  for (let at = 0; at + 8 <= bytes.length; at += 8) values.push(view.getBigInt64(at, true).toString());
  return values;
}

/** NodeProtos of a FunctionProto. */
function functionNodes(bytes: Uint8Array): OnnxNode[] {
  const nodes: OnnxNode[] = [];
  for (const field of fieldsOf(bytes)) if (field.number === 7) nodes.push(readNode(field));
  return nodes;
}

/** A field that holds a NodeProto. */
export function readNode(field: Field): OnnxNode {
  let operator = '';
  let domain = '';
  const inputs: string[] = [];
  const outputs: string[] = [];
  for (const part of fieldsOf(field.bytes)) {
    if (part.number === 1) inputs.push(textOf(part));
    else if (part.number === 2) outputs.push(textOf(part));
    else if (part.number === 4) operator = textOf(part);
    else if (part.number === 7) domain = textOf(part);
  }
  return { operator, domain, inputs, outputs, start: field.start, end: field.end, bytes: field.bytes };
}

/** Adds the `location` of a TensorProto whose data stand in another file. */
function collectExternal(tensor: Uint8Array, into: Set<string>): void {
  for (const field of fieldsOf(tensor)) {
    if (field.number !== 13) continue;
    let key = '';
    let value = '';
    for (const part of fieldsOf(field.bytes)) {
      if (part.number === 1) key = textOf(part);
      else if (part.number === 2) value = textOf(part);
    }
    if (key === 'location') into.add(value);
  }
}

function standardOpset(bytes: Uint8Array): number | null {
  let domain = '';
  let version: number | null = null;
  for (const part of fieldsOf(bytes)) {
    if (part.number === 1) domain = textOf(part);
    else if (part.number === 2) version = Number(part.varint);
  }
  return domain === '' || domain === 'ai.onnx' ? version : null;
}

function firstText(bytes: Uint8Array): string {
  for (const part of fieldsOf(bytes)) if (part.number === 1) return textOf(part);
  return '';
}
