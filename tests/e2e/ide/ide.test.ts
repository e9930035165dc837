import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { shopperWith, variantsOf } from '../shopper.ts';
import { startStackSystem, type System } from '../system.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

interface MonacoModel {
  uri: { path: string };
  getValue(): string;
  setValue(text: string): void;
}

/** Reads or writes an editor of the page; Monaco draws only the visible lines, so the page's text is no source. */
const editor = (page: Page, name: string, text?: string) =>
  page.evaluate(
    ([file, value]) => {
      const { __MONACO } = globalThis as unknown as { __MONACO: { editor: { getModels(): MonacoModel[] } } };
      const model = __MONACO.editor.getModels().find((each) => each.uri.path.endsWith(file));
      if (value !== undefined) model?.setValue(value);
      return model?.getValue() ?? '';
    },
    [name, text] as const,
  );

describe.skipIf(!CHROMIUM)(
  `GraphiQL in Chromium, without a network${CHROMIUM ? '' : ' (skipped: there is no Chromium on this machine)'}`,
  () => {
    let system: System;
    let browser: Browser;
    beforeAll(async () => {
      system = await startStackSystem();
      browser = await chromium.launch({ executablePath: CHROMIUM!, args: ARGUMENTS });
    });
    afterAll(async () => {
      await browser.close();
      await system.stop();
    });

    async function open(url: string): Promise<{ page: Page; blocked: string[]; faults: string[] }> {
      const page = await browser.newPage();
      const blocked: string[] = [];
      const faults: string[] = [];
      await page.route('**', async (route) => {
        if (new URL(route.request().url()).hostname === '127.0.0.1') return route.continue();
        blocked.push(route.request().url());
        return route.abort();
      });
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(message.text());
      });
      await page.goto(url);
      await page.locator('.graphiql-query-editor .monaco-editor .view-lines').waitFor();
      return { page, blocked, faults };
    }
    const execute = (page: Page) => page.locator('button.graphiql-execute-button').click();
    const response = (page: Page) => editor(page, 'response.json');

    it('runs a query and a subscription at the web shop, and asks nobody else for anything', async () => {
      const { page, blocked, faults } = await open(system.url('web'));
      const [variant] = await variantsOf(system.url('web'), 'trail-lantern');
      await editor(page, 'operation.graphql', '{ productPage(handle: "trail-lantern") { title variants { sku } } }');
      await execute(page);
      await eventually(async () =>
        expect(JSON.parse(await response(page))).toMatchObject({
          data: { productPage: { variants: [{ sku: variant!.sku }] } },
        }),
      );

      await editor(
        page,
        'operation.graphql',
        `subscription { availabilityChanged(variantIds: ["${variant!.id}"]) { snapshot variants { sellableQuantity version } } }`,
      );
      await execute(page);
      await eventually(async () =>
        expect(JSON.parse(await response(page))).toMatchObject({ data: { availabilityChanged: { snapshot: true } } }),
      );
      const shopper = await shopperWith(system.url('web'), [{ variantId: variant!.id, quantity: 1 }]);
      expect((await shopper.checkout()).__typename).toBe('OrderPlaced');
      const left = variant!.availability!.sellableQuantity - 1;
      await eventually(async () =>
        expect(JSON.parse(await response(page))).toMatchObject({
          data: { availabilityChanged: { snapshot: false, variants: [{ sellableQuantity: left }] } },
        }),
      );
      expect(blocked).toEqual([]);
      expect(faults).toEqual([]);
      await page.close();
    });

    it('shows how the router executed an operation while the panel of plans is open, and the answer as it is', async () => {
      const { page, blocked, faults } = await open(system.url('router'));
      await editor(
        page,
        'operation.graphql',
        'query Browse { productSearch(query: "lantern", first: 2) { edges { node { title variants { availability { status } } } } } }',
      );
      await execute(page);
      await eventually(async () => expect(JSON.parse(await response(page))).toHaveProperty('data.productSearch'));
      await page.getByRole('button', { name: 'Show Query plan' }).click();
      const panel = page.locator('#ide-plan');
      expect(await panel.locator('pre').count()).toBe(0);

      await execute(page);
      await panel.locator('pre').waitFor();
      expect(await panel.locator('pre').innerText()).toMatch(
        /^Sequence \{\n {2}Fetch products \{\n {4}# [\d.]+ ms, from /,
      );
      expect((await panel.locator('li span:first-child').allInnerTexts()).map((text) => text.split(' ')[0])).toEqual([
        'products',
        'stock',
      ]);
      const shown = JSON.parse(await response(page)) as { data: unknown; extensions?: Record<string, unknown> };
      expect(shown.data).toHaveProperty('productSearch');
      expect(shown.extensions ?? {}).not.toHaveProperty('queryPlan');
      expect(blocked).toEqual([]);
      expect(faults).toEqual([]);
      await page.close();
    });

    it('opens at the router and every channel with example operations that work', async () => {
      for (const place of ['router', 'web', 'mobile', 'pos', 'b2b', 'marketplace'] as const) {
        const { page, blocked } = await open(system.url(place));
        const keys = page.locator('#ide-key option');
        expect(await keys.count(), `${place} offers keys`).toBeGreaterThan(1);
        await execute(page);
        await eventually(async () => {
          const answer = JSON.parse(await response(page)) as { data?: unknown; errors?: unknown };
          expect({ place, errors: answer.errors, hasData: answer.data !== undefined && answer.data !== null }).toEqual({
            place,
            errors: undefined,
            hasData: true,
          });
        });
        expect(blocked).toEqual([]);
        await page.close();
      }
    });
  },
);
