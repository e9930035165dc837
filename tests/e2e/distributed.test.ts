import { afterAll, beforeAll, describe } from 'vitest';
import { company } from './company/scenario.ts';
import { identity } from './identity/scenario.ts';
import { input } from './input/scenario.ts';
import { wiring } from './merchandising/wiring.ts';
import { outage } from './outage/scenario.ts';
import { partner } from './partner/scenario.ts';
import { erasure } from './people/erasure.ts';
import { people } from './people/scenario.ts';
import { prices } from './prices/scenario.ts';
import { race } from './race/scenario.ts';
import { shopping } from './shopping/scenario.ts';
import { staff } from './staff/scenario.ts';
import { stock } from './stock/scenario.ts';
import { signIn } from './sign-in/scenario.ts';
import { hasProgram, startDistributedSystem, type System } from './system.ts';

const hasNats = hasProgram('nats-server');

describe.skipIf(!hasNats)(
  `every service its own process, two of every subgraph, events over JetStream${hasNats ? '' : ' (skipped: there is no nats-server on this machine)'}`,
  () => {
    let system: System;
    beforeAll(async () => {
      system = await startDistributedSystem();
    });
    afterAll(() => system.stop());

    shopping(() => system);
    // After the outage twenty units may be short: the race counts its shelf first.
    outage(() => system);
    race(() => system);
    stock(() => system);
    partner(() => system);
    prices(() => system);
    // Editing and finding are one database's matter: in one process they run with all of it.
    wiring(() => system);
    identity(() => system);
    signIn(() => system);
    staff(() => system);
    company(() => system);
    input(() => system);
    // In one process it runs with all logs: people/erasure.test.ts. Before those that take away the keys that sign.
    erasure(() => system);
    people(() => system);
  },
);
