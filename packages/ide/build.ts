import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import type * as Vite from 'vite';
import { storedName } from './src/serve.ts';
import type { IdeManifest } from './src/serve.ts';

const root = import.meta.dirname;
const dist = join(root, 'dist');
const manifestFile = join(dist, 'manifest.json');

const contentTypes: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

await main();

/** Builds `dist` unless it was made from the same inputs; the manifest is written last, so a build that broke off counts as none. */
async function main(): Promise<void> {
  const inputs = digestInputs();
  if (isFresh(inputs)) return;
  const vite = await importVite();
  if (!vite)
    return say('GraphiQL is not bundled without development packages: copy packages/ide/dist from a full install');
  const startedAt = performance.now();
  const compressedBytes = write(await bundle(vite), inputs);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  say(`GraphiQL bundled in ${seconds} s: ${(compressedBytes / 1e6).toFixed(1)} MB`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The page's sources, this script and the locked versions: what decides the bundle. */
function digestInputs(): string {
  const lock = join(root, '..', '..', 'package-lock.json');
  const sources = ['build.ts', 'package.json', 'tsconfig.json', 'src/options.ts', 'src/page/**/*.*'];
  const files = globSync(sources, { cwd: root, exclude: ['**/*.test.ts'] })
    .sort()
    .map((name) => join(root, name));
  if (existsSync(lock)) files.push(lock);
  const hash = createHash('sha256');
  for (const file of files) hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function isFresh(inputs: string): boolean {
  if (!existsSync(manifestFile)) return false;
  try {
    return (JSON.parse(readFileSync(manifestFile, 'utf8')) as IdeManifest).inputs === inputs;
  } catch {
    return false; // An unreadable manifest is a broken bundle: build again.
  }
}

/** Absent after `npm ci --omit=dev`, which still runs this script. */
async function importVite(): Promise<typeof Vite | undefined> {
  try {
    return await import('vite');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

async function bundle(vite: typeof Vite): Promise<BundledFile[]> {
  const { output } = (await vite.build({
    root,
    configFile: false,
    // Relative, because each service chooses the path of the assets.
    base: './',
    logLevel: 'error',
    publicDir: false,
    plugins: [withoutMonacoStyles()],
    worker: { format: 'es' },
    build: {
      write: false,
      target: 'es2022',
      assetsDir: '',
      cssCodeSplit: false,
      reportCompressedSize: false,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: join(root, 'src/page/main.tsx') },
    },
  })) as Vite.Rolldown.RolldownOutput;
  return output
    .map((file) =>
      file.type === 'chunk'
        ? { name: file.fileName, source: Buffer.from(file.code), isEntry: file.isEntry }
        : { name: file.fileName, source: Buffer.from(file.source), isEntry: false },
    )
    .flatMap(splitFonts);
}

/** graphiql/style.css holds all of Monaco's styles already: without this they would be in the bundle twice. */
function withoutMonacoStyles(): Vite.Plugin {
  return {
    name: 'without-monaco-styles',
    enforce: 'pre',
    load: { filter: { id: /monaco-editor\/.*\.css$/ }, handler: () => ({ code: '', moduleType: 'css' }) },
  };
}

interface BundledFile {
  name: string;
  source: Buffer;
  isEntry: boolean;
}

/**
 * GraphiQL's style sheet carries its fonts as `data:`, every alphabet of every weight. As files, a browser loads
 * only what the text needs, and the page's policy can do without `data:` fonts.
 */
function splitFonts(file: BundledFile): BundledFile[] {
  if (!file.name.endsWith('.css')) return [file];
  const fonts = new Map<string, BundledFile>();
  const css = file.source
    .toString()
    .replace(/data:font\/(woff2?|ttf);base64,([A-Za-z0-9+/=]+)/g, (_, type: string, data: string) => {
      const source = Buffer.from(data, 'base64');
      const name = `font-${createHash('sha256').update(source).digest('hex').slice(0, 8)}.${type}`;
      fonts.set(name, { name, source, isEntry: false });
      return name;
    });
  return [{ ...file, source: Buffer.from(css) }, ...fonts.values()];
}

/** Writes every file as it will be sent and returns the bytes on disk. */
function write(files: BundledFile[], inputs: string): number {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  const manifest: IdeManifest = { inputs, entry: '', styles: [], files: {} };
  let bytes = 0;
  for (const { name, source, isEntry } of files) {
    const extension = extname(name);
    const contentType = contentTypes[extension];
    if (!contentType) throw new Error(`no content type for ${name}`);
    const encoding = extension.startsWith('.woff') ? undefined : 'gzip';
    const body = encoding ? gzipSync(source, { level: 9 }) : source;
    writeFileSync(join(dist, storedName(name, encoding)), body);
    manifest.files[name] = { contentType, ...(encoding && { encoding }) };
    if (isEntry) manifest.entry = name;
    if (extension === '.css') manifest.styles.push(name);
    bytes += body.length;
  }
  writeFileSync(manifestFile, `${JSON.stringify(manifest, null, 2)}\n`);
  return bytes;
}
