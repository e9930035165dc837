import type { IncomingHttpHeaders } from 'node:http';

/** Whether no page of another origin sent a request: browsers send Origin and cannot forge it; other clients send none. */
export function isSameOrigin({ origin, host }: IncomingHttpHeaders): boolean {
  if (!origin) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
