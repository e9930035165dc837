import { eventually } from '@kontor/testkit/src/eventually.ts';
import { expect, it } from 'vitest';
import { registerKey } from '../people/staff.ts';
import type { System } from '../system.ts';
import type { Kettles } from './kettles.ts';
import { merchant } from './merchant.ts';

const PRODUCT = /* GraphQL */ `
  query Edited($id: ID!) {
    product(id: $id) {
      title
      vendor
      version
      tags
      variants {
        id
        sku
      }
      draft {
        baseVersion
        problem
      }
      revisions(first: 1) {
        edges {
          node {
            version
            action
            by {
              role
              subject
            }
            changes {
              path
              before
              after
            }
          }
        }
      }
    }
  }
`;
const CONFLICT = '... on ProductConflict { currentVersion product { title } fields { field base current yours } }';

interface Edited {
  readonly title: string;
  readonly vendor: string | null;
  readonly version: number;
  readonly tags: readonly string[];
  readonly variants: readonly { readonly id: string; readonly sku: string | null }[];
  readonly draft: { readonly baseVersion: number; readonly problem: string | null } | null;
  readonly revisions: { readonly edges: readonly { readonly node: Revision }[] };
}
interface Revision {
  readonly version: number;
  readonly action: string;
  readonly by: { readonly role: string; readonly subject: string };
  readonly changes: readonly object[];
}

/** Several people edit a product: nobody's work is lost, and what was done can be seen and undone. */
export function editing(system: () => System, kettles: () => Promise<Kettles>): void {
  const read = async (id: string) => (await merchant(system()).ask<{ product: Edited }>(PRODUCT, { id })).product;
  const newest = (product: Edited) => product.revisions.edges[0]!.node;

  it('shows the second of two editors what both changed, writes nothing, and takes what is repeated on top', async () => {
    const { id: productId } = (await kettles()).copper;
    const first = merchant(system());
    const second = merchant(system(), await registerKey(system(), { role: 'staff', scopes: ['catalogue:write'] }));
    const seen = await read(productId);
    await first.change('productUpdate', { productId, expectedVersion: seen.version, title: 'Whistling Kettle' });
    const before = await read(productId);
    expect(newest(before)).toMatchObject({
      version: seen.version + 1,
      action: 'productUpdate',
      by: { role: 'staff' },
      changes: [{ path: ['title'], before: seen.title, after: 'Whistling Kettle' }],
    });

    const change = { productId, title: 'Polished Kettle', tags: ['tea'] };
    expect(await second.tell('productUpdate', { ...change, expectedVersion: seen.version }, CONFLICT)).toMatchObject({
      __typename: 'ProductConflict',
      code: 'PRODUCT_CONFLICT',
      currentVersion: seen.version + 1,
      product: { title: 'Whistling Kettle' },
      fields: [{ field: 'title', base: seen.title, current: 'Whistling Kettle', yours: 'Polished Kettle' }],
    });
    // What only one of them changed is no conflict, but to be repeated all the same.
    expect(
      await second.tell('productUpdate', { productId, tags: ['tea'], expectedVersion: seen.version }, CONFLICT),
    ).toMatchObject({ __typename: 'ProductConflict', fields: [] });
    expect(await read(productId)).toEqual(before);

    await second.change('productUpdate', { ...change, expectedVersion: before.version });
    const after = await read(productId);
    expect(after).toMatchObject({ title: 'Polished Kettle', tags: ['tea'], version: before.version + 1 });
    expect(newest(after).by.subject).not.toBe(newest(before).by.subject);
  });

  it('brings back a version with the variants that it had, as a version of its own', async () => {
    const staff = merchant(system());
    const { id: productId } = (await kettles()).copper;
    const good = await read(productId);
    const [small, large] = good.variants;
    await staff.change('productUpdate', {
      ...{ productId, title: 'Broken', tags: [] },
      variants: [
        { variantId: small!.id, remove: true },
        { variantId: large!.id, sku: 'BROKEN' },
      ],
    });
    expect((await read(productId)).variants).toEqual([{ id: large!.id, sku: 'BROKEN' }]);
    const restore = { productId, version: good.version, expectedVersion: good.version + 1 };
    expect(await staff.tell('productRestore', { ...restore, expectedVersion: good.version })).toMatchObject({
      __typename: 'VersionConflict',
    });
    await staff.change('productRestore', restore);
    const restored = await read(productId);
    expect(restored).toEqual({ ...good, version: good.version + 2, revisions: restored.revisions });
    expect(newest(restored).action).toBe('productRestore');
  });

  it('makes a prepared change when its time has come, and says what is in the way of one that it cannot make', async () => {
    const staff = merchant(system());
    const { copper, steel } = await kettles();
    const publishAt = new Date(Date.now() + 1_000);
    for (const { id } of [copper, steel])
      await staff.change('productDraftSet', { change: { productId: id, title: 'Winter Kettle' }, publishAt });
    const { version, title } = await read(copper.id);
    expect(title).not.toBe('Winter Kettle');
    await staff.change('productUpdate', { productId: steel.id, title: 'Spring Kettle' });

    await eventually(async () => {
      const made = await read(copper.id);
      expect(made).toMatchObject({ title: 'Winter Kettle', version: version + 1, draft: null });
      expect(newest(made).action).toBe('productDraftDue');
    });
    await eventually(async () => {
      const { title: kept, draft } = await read(steel.id);
      expect({ kept, problem: draft?.problem }).toEqual({
        kept: 'Spring Kettle',
        problem: expect.stringMatching(/./) as string,
      });
    });
    await staff.change('productDraftDiscard', { productId: steel.id });
    expect((await read(steel.id)).draft).toBeNull();
  });
}
