-- Codes in upper case, as prices compares them. `code_attempts` counts unknown ones that were tried since a moment, against guessing.
ALTER TABLE orders.carts
  ADD COLUMN codes text[] NOT NULL DEFAULT '{}',
  ADD COLUMN shipping_option_code text,
  ADD COLUMN code_attempts integer NOT NULL DEFAULT 0,
  ADD COLUMN code_attempts_since timestamptz,
  ADD CONSTRAINT carts_codes CHECK (cardinality(codes) <= 10);
--> statement-breakpoint
-- Which discounts a line got, gross: [{promotionId, promotionCode, name, grossMinor}]; `discount_minor` is their sum.
ALTER TABLE orders.order_lines
  ADD COLUMN discount_minor bigint NOT NULL DEFAULT 0,
  ADD COLUMN discounts jsonb NOT NULL DEFAULT '[]',
  ADD CONSTRAINT order_lines_discount CHECK (discount_minor >= 0);
--> statement-breakpoint
-- Discounts of the whole order, gross: [{promotionId, promotionCode, name, code, class, grossMinor}]. Shipping is a part of the order's total.
ALTER TABLE orders.orders
  ADD COLUMN discounts jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN shipping_option_code text,
  ADD COLUMN shipping_name text,
  ADD COLUMN shipping_net_minor bigint NOT NULL DEFAULT 0,
  ADD COLUMN shipping_tax_minor bigint NOT NULL DEFAULT 0,
  ADD COLUMN shipping_gross_minor bigint NOT NULL DEFAULT 0,
  ADD CONSTRAINT orders_shipping CHECK (shipping_net_minor + shipping_tax_minor = shipping_gross_minor);
