import { expect, it } from 'vitest';
import { createRetryBudget } from './retry-budget.ts';

const drain = (budget: { withdraw(): boolean }) => {
  let count = 0;
  while (budget.withdraw()) count += 1;
  return count;
};

it('allows a share of the requests and some by the second', () => {
  let now = 0;
  const budget = createRetryBudget({ budgetRatio: 0.25, budgetPerSecond: 1 }, () => now);
  expect(drain(budget)).toBe(1);
  for (let count = 0; count < 40; count += 1) budget.deposit();
  expect(drain(budget)).toBe(10);
  now += 999;
  expect(drain(budget)).toBe(0);
  now += 1;
  expect(drain(budget)).toBe(1);
});

it('saves up no more than a hundred retries and one second', () => {
  let now = 0;
  const budget = createRetryBudget({ budgetRatio: 1, budgetPerSecond: 5 }, () => now);
  for (let count = 0; count < 10_000; count += 1) budget.deposit();
  now += 3_600_000;
  expect(drain(budget)).toBe(105);
});

it('gives one in two seconds when there is half a retry a second, and none without a budget', () => {
  let now = 0;
  const slow = createRetryBudget({ budgetRatio: 0, budgetPerSecond: 0.5 }, () => now);
  const none = createRetryBudget({ budgetRatio: 0, budgetPerSecond: 0 }, () => now);
  drain(slow);
  now += 1_000;
  now += 1_000;
  expect([drain(slow), drain(none)]).toEqual([1, 0]);
});
