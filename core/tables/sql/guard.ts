/** Which queries may run: one SELECT, over our relations, without functions that reach out of them. */

import { RunError } from '../../inputs/errors.ts';
import { sqlText } from '../duck/start.ts';

/**
 * Table functions that compute their rows. Others read files, show or change the engine: `enable_logging`, for one,
 * is called by a SELECT and changes the settings of a locked engine.
 */
const tableFunctions = new Set(['range', 'generate_series', 'unnest']);

/** SQL whose one value is the syntax tree of a query as JSON; the engine parses without running anything. */
export function treeQuery(sql: string): string {
  return `SELECT json_serialize_sql(${sqlText(sql)}, skip_null := true, skip_empty := true, skip_default := true)`;
}

/** @throws RunError unless the tree is of one SELECT that reads our relations only. */
export function checkTree(json: unknown): void {
  const tree: unknown = JSON.parse(String(json));
  if (!isRecord(tree) || tree.error === true) {
    const reason = isRecord(tree) && tree.error_type === 'parser' ? String(tree.error_message) : onlySelect;
    throw new RunError(`the query cannot be run: ${reason}`);
  }
  const { statements } = tree;
  if (!Array.isArray(statements) || statements.length !== 1) {
    throw new RunError(`the query cannot be run: ${onlySelect}`);
  }
  checkNode(statements[0]);
}

const onlySelect = 'it must be one SELECT';

function checkNode(node: unknown): void {
  if (Array.isArray(node)) {
    for (const item of node) checkNode(item);
    return;
  }
  if (!isRecord(node)) return;
  if (node.type === 'SHOW_REF') throw new RunError(`the query cannot be run: ${onlySelect}`);
  if (node.type === 'TABLE_FUNCTION') {
    const name = isRecord(node.function) ? String(node.function.function_name) : '';
    if (!tableFunctions.has(name.toLowerCase())) {
      throw new RunError(`the query cannot be run: ${name}() cannot stand after FROM`);
    }
  }
  for (const value of Object.values(node)) checkNode(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
