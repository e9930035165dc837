DROP INDEX products.categories_external_reference;
--> statement-breakpoint
ALTER TABLE products.categories ADD CONSTRAINT categories_external_reference_key UNIQUE (external_reference);
