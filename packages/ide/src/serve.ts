import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IdeOptions } from './options.ts';

export type { IdeExample, IdeKey, IdeOptions } from './options.ts';

/** One file of the bundle, ready to be sent. */
export interface IdeAsset {
  body: Buffer;
  contentType: string;
  /** True when the name carries a hash of the content: the file may be cached for ever. */
  immutable: boolean;
  /** Set when `body` is compressed already: the value of `Content-Encoding`. */
  encoding?: 'gzip' | 'br';
}

/** `dist/manifest.json`, which the build writes last: without it the bundle is not complete. */
export interface IdeManifest {
  /** Digest of everything the bundle was made from. */
  inputs: string;
  entry: string;
  styles: string[];
  /** File name in the bundle → how it is sent. A file with an encoding is stored with that encoding. */
  files: Record<string, { contentType: string; encoding?: 'gzip' | 'br' }>;
}

interface Bundle {
  manifest: IdeManifest;
  assets: Map<string, IdeAsset>;
}

const distDirectory = join(import.meta.dirname, '..', 'dist');
const bundles = new Map<string, Bundle>();

/**
 * The Content-Security-Policy of the page. Monaco writes style elements and attributes and has no nonce for them, hence
 * 'unsafe-inline' for styles; it needs neither eval nor WebAssembly nor blob workers. Icons in style sheets are `data:`.
 * `'self'` in connect-src covers `ws:` and `wss:` of the same host and port (CSP level 3).
 */
export const ideContentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * All files of the bundle by their name below `assetsPath`; read once per process.
 * Throws with the command to run when the bundle has not been built.
 */
export function ideAssets(directory: string = distDirectory): Map<string, IdeAsset> {
  return loadBundle(directory).assets;
}

/** The HTML for a browser's GET of the GraphQL path. Throws like `ideAssets` when the bundle has not been built. */
export function idePage(options: IdeOptions, directory: string = distDirectory): string {
  const { manifest } = loadBundle(directory);
  const url = (name: string) => escapeHtml(options.assetsPath + name);
  const styles = manifest.styles.map((name) => `    <link rel="stylesheet" href="${url(name)}">\n`).join('');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <meta name="color-scheme" content="light dark">
    <title>${escapeHtml(options.title)}</title>
    <link rel="icon" href="data:image/svg+xml,${icon}">
${styles}    <script type="module" src="${url(manifest.entry)}"></script>
  </head>
  <body>
    <header id="ide-bar"></header>
    <main id="ide"><noscript>This page needs JavaScript; the API itself does not: POST to it.</noscript></main>
    <script type="application/json" id="ide-options">${escapeJson(options)}</script>
  </body>
</html>
`;
}

/** A square with a K. In the page itself, so that no browser asks the service for /favicon.ico. */
const icon = encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#d60590"/>' +
    '<path d="M5 3v10M11.5 3 5 8.5M7.5 6.8l4 6.2" stroke="#fff" stroke-width="2" fill="none"/></svg>',
);

function loadBundle(directory: string): Bundle {
  const known = bundles.get(directory);
  if (known) return known;
  const manifest = readManifest(directory);
  const assets = new Map<string, IdeAsset>();
  for (const [name, { contentType, encoding }] of Object.entries(manifest.files)) {
    const body = readFileSync(join(directory, storedName(name, encoding)));
    assets.set(name, { body, contentType, immutable: true, ...(encoding && { encoding }) });
  }
  const bundle = { manifest, assets };
  bundles.set(directory, bundle);
  return bundle;
}

function readManifest(directory: string): IdeManifest {
  try {
    return JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as IdeManifest;
  } catch (cause) {
    throw new Error('GraphiQL is not built: run `npm run build --workspace packages/ide`', { cause });
  }
}

/** The name on disk of a file that is sent with this encoding. */
export function storedName(name: string, encoding: 'gzip' | 'br' | undefined): string {
  return encoding === undefined ? name : `${name}.${encoding === 'gzip' ? 'gz' : 'br'}`;
}

/** JSON that can stand inside a script element: no `</script>`, no `<!--`, and none of the line ends that only JSON allows. */
function escapeJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
