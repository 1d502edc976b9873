/**
 * Dashboards of Grafana's second schema (`elements`, `variables`, each with `kind` and `spec`), in the form of the first:
 * https://grafana.com/docs/grafana/latest/as-code/observability-as-code/schema-v2/
 */

import { at, isObject, type Json, type JsonObject, listAt, textAt } from '../../core/kubernetes/index.ts';

export function isSchemaV2(value: JsonObject): boolean {
  const { elements } = value;
  return isObject(elements) && Object.values(elements).some((one) => isObject(one) && isPanel(one));
}

function isPanel({ kind, spec }: JsonObject): boolean {
  return (kind === 'Panel' || kind === 'LibraryPanel') && isObject(spec);
}

export function firstSchemaOf(value: JsonObject): JsonObject {
  const elements = isObject(value.elements) ? Object.values(value.elements) : [];
  return {
    title: value.title,
    panels: elements.flatMap((element) => (element === undefined ? [] : [panelOf(element)])),
    templating: {
      list: listAt(value, 'variables').map((variable) => ({
        name: textAt(variable, 'spec', 'name'),
        type: textAt(variable, 'kind') === 'QueryVariable' ? 'query' : 'other',
        definition: textAt(variable, 'spec', 'definition'),
        query: textAt(variable, 'spec', 'query', 'spec', 'query'),
        ...sourceOf(variable),
      })),
    },
    annotations: {
      list: listAt(value, 'annotations').map((annotation) => ({
        name: textAt(annotation, 'spec', 'name'),
        expr: textAt(annotation, 'spec', 'query', 'spec', 'expr'),
        ...sourceOf(annotation),
      })),
    },
  };
}

function panelOf(element: Json): JsonObject {
  return {
    title: textAt(element, 'spec', 'title'),
    targets: listAt(element, 'spec', 'data', 'spec', 'queries').map((query) => ({
      refId: textAt(query, 'spec', 'refId'),
      expr: textAt(query, 'spec', 'query', 'spec', 'expr'),
      legendFormat: textAt(query, 'spec', 'query', 'spec', 'legendFormat'),
      ...sourceOf(query),
    })),
  };
}

/** `group` of a query of kind DataQuery; before that the kind itself. */
function sourceOf(of: Json): JsonObject {
  const query = at(of, 'spec', 'query');
  const kind = textAt(query, 'kind');
  const type = kind === 'DataQuery' ? textAt(query, 'group') : kind;
  return type === '' ? {} : { datasource: { type } };
}
