/** Tables of what a module of Terraform takes and gives, from its variables.tf and outputs.tf as `terraform fmt` writes them. */

/** @throws Error where a variable has no description */
export function inputsTable(variablesTf: string): string {
  const rows = blocksOf(variablesTf, 'variable').map(({ name, body }) => {
    const value = attributeOf(body, 'default');
    const shown = value === null ? 'required' : `\`${value}\``;
    return `| \`${name}\` | \`${shortType(attributeOf(body, 'type') ?? 'any')}\` | ${shown} | ${descriptionOf(name, body)} |`;
  });
  return ['| input | type | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** @throws Error where an output has no description */
export function outputsTable(outputsTf: string): string {
  const rows = blocksOf(outputsTf, 'output').map(
    ({ name, body }) => `| \`${name}\` | ${descriptionOf(name, body)} |`,
  );
  return ['| output | meaning |', '| --- | --- |', ...rows].join('\n');
}

function blocksOf(text: string, kind: string): readonly { readonly name: string; readonly body: string }[] {
  return [...text.matchAll(new RegExp(`^${kind} "([^"]+)" \\{\\n([\\s\\S]*?)^\\}`, 'gm'))].map(
    ([, name = '', body = '']) => ({ name, body }),
  );
}

function descriptionOf(name: string, body: string): string {
  const text = /^ {2}description += "(.*)"$/m.exec(body)?.[1];
  if (text === undefined) throw new Error(`${name} has no description on one line`);
  return text.replaceAll('\\"', '"').replaceAll('|', '\\|');
}

/** On one line; null: it is not set. A value of several lines ends where the indentation does. */
function attributeOf(body: string, name: string): string | null {
  const found = new RegExp(`^ {2}${name} += (.*(?:\\n(?: {4}.*| {2}[}\\])].*))*)`, 'm').exec(body)?.[1];
  return found === undefined ? null : found.replaceAll(/\s+/g, ' ');
}

/** What an object holds is in variables.tf: `map(object)`. */
function shortType(type: string): string {
  return type.replace(/object\(\{.*\}\)/, 'object');
}
