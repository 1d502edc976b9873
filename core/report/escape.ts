/**
 * Escaping for every place where text from data is shown. What a user's data can reach (class names, slices,
 * column names, file names) is untrusted: it must never become a command, a tag or Markdown structure.
 */

/**
 * Characters that hide text or reorder it: zero-width and other ignorable ones, bidirectional controls (Trojan
 * Source, CVE-2021-42574), line and paragraph separators, and what XML 1.0 has no way to write.
 */
const hidden = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u2028\u2029\ufff0-\ufffb\ufffe\uffff]/gu;
const controls = /[\u0000-\u001f\u007f-\u009f]/g;

/**
 * One line of well-formed Unicode in which nothing is hidden: line breaks become `↵`; other control characters, bidi
 * controls and zero-width characters are named: `‹U+202E›` (the pictures of control characters lack in many fonts).
 */
export function visible(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n|\r|\n/g, '↵')
    .replace(controls, codePointName)
    .replace(hidden, codePointName);
}

function codePointName(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
}

/** Keeps both ends of a long text and says how long it was; texts up to `limit` characters stay as they are. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  // Slicing before splitting keeps a 100 MB cell from being spread into an array of characters.
  const note = ` (${text.length.toLocaleString('en-US')} characters)`;
  const kept = Math.max(4, limit - note.length - 1);
  const head = text.slice(0, Math.ceil((kept * 2) / 3)).toWellFormed();
  const tail = text.slice(text.length - Math.floor(kept / 3)).toWellFormed();
  return `${head}…${tail}${note}`;
}

const htmlEntities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For HTML and SVG, text and quoted attribute values alike: the result is also well-formed XML. */
export function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => htmlEntities[character] ?? '');
}

/**
 * For Markdown text, a table cell or the inside of an HTML tag in Markdown. Punctuation becomes numeric
 * entities, which CommonMark (0.31, 2.5) never reads as structure. GitHub looks for mentions, issue references and
 * commit ids in the rendered text, where an entity is already a character: an empty comment splits those.
 */
export function escapeMarkdown(text: string): string {
  return visible(text)
    .trim()
    .replace(/[!-/:-@[-`{-~]/g, (character, offset: number, whole: string) =>
      isHarmless(character, whole, offset) ? character : `&#${character.charCodeAt(0)};`,
    )
    .replace(/&#(?:64|35);/g, (entity) => `${entity}<!-- -->`)
    .replace(/GH-(?=\d)/gi, (prefix) => `${prefix}<!-- -->`)
    .replace(/(?<![0-9A-Za-z#])[0-9a-f]{7,}/gi, (hex) => `${hex.slice(0, 6)}<!-- -->${hex.slice(6)}`);
}

/** Punctuation that stays readable: the signs inside of numbers and sentences, where they mean nothing to Markdown. */
function isHarmless(character: string, whole: string, offset: number): boolean {
  const before = whole[offset - 1] ?? '';
  const after = whole[offset + 1] ?? '';
  switch (character) {
    case '.':
      // Not after a `w` (`www.` makes a link), nor after a leading number (`1. ` makes a list).
      if (/\d/.test(before) && (/\d/.test(after) || after === ''))
        return /\D/.test(whole.slice(0, offset)) || after !== '';
      return /[a-vx-z]/i.test(before) && /^\s?$/.test(after);
    case '-':
      return /[0-9a-z]/i.test(after) && (/[0-9a-z (]/i.test(before) || (before === '' && /\d/.test(after)));
    case ':':
      return /[0-9a-z]/i.test(before) && /^\s?$/.test(after);
    case ')':
      return !/^\d*$/.test(whole.slice(Math.max(0, offset - 10), offset));
    case ',':
    case ';':
    case '%':
    case '/':
    case '(':
    case "'":
      return true;
    default:
      return false;
  }
}

/** Inline code in Markdown, in a table as well. GitHub leaves mentions and references inside of it alone. */
export function markdownCode(text: string): string {
  const shown = visible(text).trim();
  if (shown === '') return '<code> </code>';
  // `<!` as well: what looks like the hidden marker of a comment must not stand anywhere in a body.
  return /[`|\\]|<!/.test(shown) ? `<code>${escapeMarkdown(shown)}</code>` : `\`${shown}\``;
}

/** `message` of a workflow command: toolkit's command.ts, escapeData. */
export function escapeCommandData(text: string): string {
  return text.toWellFormed().replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** A property of a workflow command: toolkit's command.ts, escapeProperty. */
export function escapeCommandProperty(text: string): string {
  return escapeCommandData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/**
 * One line for a terminal or a job log: no escape sequences, and nothing that a runner would take for a command
 * (`::name::` at the start after blanks, `##[name]` anywhere: actions/runner, ActionCommand.cs).
 */
export function escapeTerminal(text: string): string {
  return visible(text)
    .replace(/^(\s*):(?=:)/, '$1: ')
    .replace(/##(?=\[)/g, '# #');
}
