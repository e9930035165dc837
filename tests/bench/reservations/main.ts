/** `node tests/bench/reservations/main.ts [--seconds 4] [--growth]`: the scenario of reservations alone. */
import '@kontor/kit/src/production.ts';
import { parseArgs } from 'node:util';
import { table, type Figure } from '../report.ts';
import { reservationGrowth, reservationScenario } from './scenario.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '4' }, growth: { type: 'boolean', default: false } },
});
const figures: Figure[] = [];
const note = (figure: Figure) => {
  figures.push(figure);
  console.log(`  ${figure.what}: ${figure.value.toPrecision(4)} ${figure.unit}`);
};
const measureMs = Number(values.seconds) * 1000;
await (values.growth ? reservationGrowth(measureMs, note) : reservationScenario(measureMs, note));
console.log(`\n${table(figures)}`);
