const maxQuotedCharacters = 500;

/**
 * `fetch` with the headers every operation needs, whose response always has a body that GraphiQL can show: an answer
 * that is neither JSON nor multipart (a proxy's page), or no answer at all, becomes a GraphQL error.
 */
export function readableFetch(key: string | undefined): typeof fetch {
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    // Makes the browser ask first (CORS), which is what Apollo Server's CSRF prevention wants to see.
    headers.set('apollo-require-preflight', 'true');
    if (key && !headers.has('authorization')) headers.set('authorization', `Bearer ${key}`);
    try {
      const response = await fetch(input, { ...init, headers });
      return isReadable(response) ? response : await quote(response);
    } catch (error) {
      return failure(`No answer from the service: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
}

function isReadable(response: Response): boolean {
  return /^(application\/([\w.-]+\+)?json|multipart\/mixed)\b/.test(response.headers.get('content-type') ?? '');
}

async function quote(response: Response): Promise<Response> {
  const text = (await response.text()).slice(0, maxQuotedCharacters);
  return failure(`HTTP ${response.status} ${response.statusText}: ${text}`.trim());
}

function failure(message: string): Response {
  return Response.json({ errors: [{ message }] });
}
