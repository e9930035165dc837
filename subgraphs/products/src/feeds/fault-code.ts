/** The code of the catalogue that an error of another service carries; null for anything else that was thrown. */
export function faultCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('extensions' in error)) return null;
  const { extensions } = error as { extensions: { code?: unknown } | null | undefined };
  return typeof extensions?.code === 'string' ? extensions.code : null;
}
