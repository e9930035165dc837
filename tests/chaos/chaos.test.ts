import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCluster, type Cluster } from './cluster.ts';
import { SCENARIOS } from './scenarios.ts';

const hasNats = spawnSync('which', ['nats-server']).status === 0;

describe.skipIf(!hasNats)(
  `what is promised, with kill -9${hasNats ? '' : ' (skipped: there is no nats-server on this machine)'}`,
  () => {
    let cluster: Cluster;
    beforeAll(async () => {
      cluster = await startCluster();
    });
    afterAll(() => cluster?.stop());

    for (const { name, title, short, shortSeeds } of SCENARIOS)
      it.each([...shortSeeds])(`${title} (\`npm run chaos -- --only ${name} --seed %i\`)`, async (seed) => {
        const verdicts = await short(cluster, seed);
        expect(verdicts.filter(({ broken }) => broken.length > 0)).toEqual([]);
      });
  },
);
