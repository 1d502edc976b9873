/** `--name value` and `--name=value`; a flag that stands alone is `true`; one given twice becomes two lines. */

export type Flags =
  | { readonly ok: true; readonly values: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly message: string };

export function readFlags(args: readonly string[]): Flags {
  const values = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    const match = /^--([^=]+)(?:=(.*))?$/s.exec(arg);
    if (match === null) {
      return { ok: false, message: `\`${arg}\` is not a flag; inputs are given as --name value` };
    }
    const name = match[1] as string;
    const next = args[i + 1];
    let value = match[2];
    if (value === undefined && next !== undefined && !next.startsWith('--')) {
      value = next;
      i++;
    }
    const earlier = values.get(name);
    values.set(name, earlier === undefined ? (value ?? 'true') : `${earlier}\n${value ?? 'true'}`);
  }
  return { ok: true, values };
}
