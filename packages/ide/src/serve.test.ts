import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ideAssets, ideContentSecurityPolicy, idePage } from './serve.ts';
import type { IdeManifest, IdeOptions } from './serve.ts';

const script = 'console.log(1)';
const manifest: IdeManifest = {
  inputs: 'digest',
  entry: 'main-1.js',
  styles: ['style-1.css'],
  files: {
    'main-1.js': { contentType: 'text/javascript; charset=utf-8', encoding: 'gzip' },
    'style-1.css': { contentType: 'text/css; charset=utf-8', encoding: 'gzip' },
    'font-1.woff2': { contentType: 'font/woff2' },
  },
};
const options: IdeOptions = {
  title: 'Web "shop" & <friends>',
  graphqlPath: '/graphql',
  assetsPath: '/ide/',
  examples: [
    { title: 'a', query: '# </script><script>alert(1)</script><!-- \u2028\u2029\n{ a }', variables: '{"a":"&"}' },
  ],
  keys: [{ label: 'Staff', key: 'demo-staff', description: 'may do <everything>' }],
  guests: true,
  plans: true,
};
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ide-'));
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(directory, 'main-1.js.gz'), gzipSync(script));
  writeFileSync(join(directory, 'style-1.css.gz'), gzipSync('a{}'));
  writeFileSync(join(directory, 'font-1.woff2'), 'font');
});

afterAll(() => rmSync(directory, { recursive: true }));

describe('ideAssets', () => {
  it('gives each file of the manifest as it is to be sent', () => {
    const assets = ideAssets(directory);
    expect([...assets.keys()]).toEqual(['main-1.js', 'style-1.css', 'font-1.woff2']);
    const { body, ...headers } = assets.get('main-1.js')!;
    expect(headers).toEqual({ contentType: 'text/javascript; charset=utf-8', immutable: true, encoding: 'gzip' });
    expect(gunzipSync(body).toString()).toBe(script);
    expect(assets.get('font-1.woff2')).toEqual({
      body: Buffer.from('font'),
      contentType: 'font/woff2',
      immutable: true,
    });
  });

  it('reads the bundle once', () => {
    expect(ideAssets(directory)).toBe(ideAssets(directory));
  });

  it('names the command to run when the bundle is not built', () => {
    expect(() => ideAssets(join(directory, 'nowhere'))).toThrow('npm run build --workspace packages/ide');
    expect(() => idePage(options, join(directory, 'nowhere'))).toThrow('npm run build --workspace packages/ide');
  });
});

describe('idePage', () => {
  const embedded = (html: string) =>
    /<script type="application\/json" id="ide-options">(.*?)<\/script>/s.exec(html)![1]!;

  it('loads only the entry and the style sheet of the bundle, below assetsPath', () => {
    const urls = [...idePage(options, directory).matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url!);
    expect(urls.filter((url) => !url.startsWith('data:image/svg+xml,'))).toEqual([
      '/ide/style-1.css',
      '/ide/main-1.js',
    ]);
  });

  it('gives the browser exactly the options, whatever they contain', () => {
    expect(JSON.parse(embedded(idePage(options, directory)))).toEqual(options);
  });

  it('lets no option end the script element, open a comment or break the line', () => {
    const html = idePage(options, directory);
    expect(embedded(html)).not.toMatch(/[<>&\u2028\u2029]/);
    expect(html).not.toContain('alert(1)</script>');
    expect(html.match(/<\/script>/g)).toHaveLength(2);
  });

  it('escapes the title and the paths in HTML', () => {
    const html = idePage({ ...options, assetsPath: '/"><script>/' }, directory);
    expect(html).toContain('<title>Web &#34;shop&#34; &#38; &#60;friends&#62;</title>');
    expect(html).not.toContain('"><script>');
  });
});

describe('ideContentSecurityPolicy', () => {
  it('names no host and allows no inline script and no eval', () => {
    expect(ideContentSecurityPolicy).toContain("script-src 'self';");
    expect(ideContentSecurityPolicy).not.toMatch(/https?:|\*|unsafe-eval|blob:/);
  });
});
