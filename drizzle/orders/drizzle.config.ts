import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: './drizzle/orders/tables.ts',
  out: './drizzle/orders/migrations',
});
