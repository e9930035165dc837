const MAX_LENGTH = 35;

/** Whether a text is a well-formed language tag in its usual form (BCP 47), such as `de` or `pt-BR`. */
export function isLocale(text: string): boolean {
  if (text.length > MAX_LENGTH) return false;
  try {
    return Intl.getCanonicalLocales(text)[0] === text;
  } catch {
    return false;
  }
}
