import { afterAll, beforeAll, describe } from 'vitest';
import { company } from './company/scenario.ts';
import { identity } from './identity/scenario.ts';
import { input } from './input/scenario.ts';
import { merchandising } from './merchandising/scenario.ts';
import { partner } from './partner/scenario.ts';
import { people } from './people/scenario.ts';
import { prices } from './prices/scenario.ts';
import { race } from './race/scenario.ts';
import { shopping } from './shopping/scenario.ts';
import { signIn } from './sign-in/scenario.ts';
import { staff } from './staff/scenario.ts';
import { stock } from './stock/scenario.ts';
import { startStackSystem, type System } from './system.ts';

describe('everything in one process, with all calls between services sent through JSON', () => {
  let system: System;
  beforeAll(async () => {
    system = await startStackSystem();
  });
  afterAll(() => system.stop());

  shopping(() => system);
  race(() => system);
  stock(() => system);
  partner(() => system);
  prices(() => system);
  merchandising(() => system);
  identity(() => system);
  signIn(() => system);
  staff(() => system);
  company(() => system);
  input(() => system);
  people(() => system);
});
