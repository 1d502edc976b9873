/** What went wrong, in one sentence as far as whoever threw it wrote one. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
