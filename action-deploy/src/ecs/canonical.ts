/**
 * Task definitions in one form, so that two that mean the same are equal. ECS fills in defaults and reorders lists when
 * a task definition is registered; a file has none of that.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
 */

import { canonicalImage } from './images.ts';
import { isObject, type Json, type JsonObject, sameJson, textIn } from './json.ts';

/** Lists whose order says nothing, and the field that names their entries. */
const named: Readonly<Record<string, string>> = { environment: 'name', secrets: 'name', tags: 'key' };

export function canonical(definition: JsonObject): JsonObject {
  const network = textIn(definition, 'networkMode');
  const form = visit(definition, '') as JsonObject;
  const containers = Array.isArray(form.containerDefinitions)
    ? form.containerDefinitions.map((each) => (isObject(each) ? canonicalContainer(each, network) : each))
    : [];
  const { cpu, memory, taskRoleArn, executionRoleArn, requiresCompatibilities, ...rest } = form;
  return {
    ...rest,
    containerDefinitions: containers,
    ...(cpu === undefined ? {} : { cpu: units(cpu, /^([\d.]+)\s*vcpu$/i) }),
    ...(memory === undefined ? {} : { memory: units(memory, /^([\d.]+)\s*gb$/i) }),
    ...(taskRoleArn === undefined ? {} : { taskRoleArn: roleName(taskRoleArn) }),
    ...(executionRoleArn === undefined ? {} : { executionRoleArn: roleName(executionRoleArn) }),
    ...(Array.isArray(requiresCompatibilities)
      ? { requiresCompatibilities: [...requiresCompatibilities].sort() }
      : {}),
  };
}

/** Whether both bring the same containers to run, digest by digest. */
export function sameContent(a: JsonObject, b: JsonObject): boolean {
  return sameJson(canonical(a), canonical(b));
}

/** Empty values are left out: ECS writes some of them where nothing was given. */
function visit(value: Json, name: string): Json | undefined {
  if (value === null) return undefined;
  if (Array.isArray(value)) {
    const list = value.map((each) => visit(each, '')).filter((each) => each !== undefined);
    if (list.length === 0) return undefined;
    const key = named[name];
    return key === undefined ? list : [...list].sort(byText(key));
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, each]): [string, Json][] => {
    const form = visit(each, key);
    return form === undefined ? [] : [[key, form]];
  });
  return entries.length === 0 && name !== '' ? undefined : Object.fromEntries(entries);
}

function byText(key: string): (a: Json, b: Json) => number {
  const text = (value: Json) => (isObject(value) ? (textIn(value, key) ?? '') : '');
  return (a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0);
}

function canonicalContainer(container: JsonObject, network: string | null): JsonObject {
  const { image, essential, cpu, portMappings, ...rest } = container;
  return {
    // First, so that a difference is told first.
    ...(typeof image === 'string' ? { image: canonicalImage(image) } : {}),
    ...rest,
    ...(essential === false ? { essential } : {}),
    ...(cpu === undefined || cpu === 0 ? {} : { cpu }),
    ...(Array.isArray(portMappings)
      ? { portMappings: portMappings.map((each) => (isObject(each) ? canonicalPort(each, network) : each)) }
      : {}),
  };
}

function canonicalPort(port: JsonObject, network: string | null): JsonObject {
  const { hostPort, protocol, ...rest } = port;
  const isDefault =
    network === 'awsvpc' || network === 'host' ? hostPort === port.containerPort : hostPort === 0;
  return {
    ...rest,
    ...(hostPort === undefined || isDefault ? {} : { hostPort }),
    ...(protocol === undefined || protocol === 'tcp' ? {} : { protocol }),
  };
}

/** `1 vCPU` and `2 GB` are kept as 1024 and 2048. */
function units(value: Json, unit: RegExp): string {
  const number = unit.exec(String(value))?.[1];
  return number === undefined ? String(value) : String(Number(number) * 1024);
}

/** A role of this account may be given by its name. */
function roleName(value: Json): Json {
  return typeof value === 'string' ? value.replace(/^arn:[^:]+:iam::\d+:role\/(?:.*\/)?/, '') : value;
}
