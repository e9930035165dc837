import { silentLogger } from '@kontor/kit/src/logger.ts';
import { describe, expect, it } from 'vitest';
import { createConfigurationWatch } from './configuration.ts';
import { createHub } from './hub.ts';

/** A reader of bundles that reads when the test says so. */
function slowBundles() {
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const refresh = () => new Promise<void>((resolve, reject) => waiting.push({ resolve, reject }));
  return { waiting, bundles: { refresh, componentsChanged: () => undefined, stop: () => undefined } };
}

describe('the watch of the configuration', () => {
  it('makes everyone read again behind what is configured, once per revision, and lets who hears later wait for it', async () => {
    const hub = createHub();
    const client = hub.watch('web', ['v']);
    const { waiting, bundles } = slowBundles();
    const configuration = createConfigurationWatch({ bundles, hub, logger: silentLogger });
    const told: string[] = [];
    const first = configuration.changed(3).then(() => told.push('first'));
    const repeated = configuration.changed(3).then(() => told.push('repeated'));
    const older = configuration.changed(2).then(() => told.push('older'));
    expect(waiting).toHaveLength(1);
    expect(told).toEqual([]);
    waiting[0]?.resolve();
    await Promise.all([first, repeated, older]);
    expect(await client.mailbox.take()).toMatchObject({ resync: true });
  });

  it('makes everyone read again when events may have been lost, whatever the revision, and when bundles cannot be read', async () => {
    const hub = createHub();
    const client = hub.watch('web', ['v']);
    const { waiting, bundles } = slowBundles();
    const configuration = createConfigurationWatch({ bundles, hub, logger: silentLogger });
    for (const [index, revision] of [5, null, null].entries()) {
      const changed = configuration.changed(revision);
      waiting[index]?.reject(new Error('no database'));
      await changed;
      expect(await client.mailbox.take()).toMatchObject({ resync: true });
    }
  });
});
