const NOTE = '\n\n_Shortened: the whole report stands in the job summary and in the report artifact._\n';

/**
 * Cuts Markdown to at most `limit` UTF-16 units, at a line's end where one is near, and says so. A safety
 * net: reports are rendered to fit; open `<details>` or code fences are not closed here.
 */
export function shorten(text: string, limit: number, note: string = NOTE): string {
  if (text.length <= limit) return text;
  const room = Math.max(0, limit - note.length);
  const lineEnd = text.lastIndexOf('\n', room);
  const end = lineEnd > room / 2 ? lineEnd : room;
  return text.slice(0, splitsPair(text, end) ? end - 1 : end) + note.slice(0, limit);
}

/** As `shorten`, in UTF-8 bytes. */
export function shortenBytes(text: string, limit: number, note: string = NOTE): string {
  if (Buffer.byteLength(text) <= limit) return text;
  const bytes = Buffer.from(text).subarray(0, Math.max(0, limit - Buffer.byteLength(note)));
  const whole = new TextDecoder('utf-8').decode(bytes, { stream: true });
  const lineEnd = whole.lastIndexOf('\n');
  return whole.slice(0, lineEnd > whole.length / 2 ? lineEnd : whole.length) + note;
}

function splitsPair(text: string, at: number): boolean {
  const unit = text.charCodeAt(at - 1);
  return unit >= 0xd800 && unit <= 0xdbff;
}
