CREATE TABLE "products"."bundles" (
	"variant_id" uuid NOT NULL,
	"revision" integer NOT NULL,
	"change_number" bigint NOT NULL,
	CONSTRAINT "bundles_pkey" PRIMARY KEY("variant_id"),
	CONSTRAINT "bundles_change_number_key" UNIQUE("change_number"),
	CONSTRAINT "bundles_revision_positive" CHECK ("products"."bundles"."revision" > 0)
);
--> statement-breakpoint
CREATE TABLE "products"."variant_components" (
	"variant_id" uuid NOT NULL,
	"component_variant_id" uuid NOT NULL,
	"quantity" integer NOT NULL,
	CONSTRAINT "variant_components_pkey" PRIMARY KEY("variant_id","component_variant_id"),
	CONSTRAINT "variant_components_quantity_bounded" CHECK ("products"."variant_components"."quantity" between 1 and 1000),
	CONSTRAINT "variant_components_not_itself" CHECK ("products"."variant_components"."variant_id" <> "products"."variant_components"."component_variant_id")
);
--> statement-breakpoint
ALTER TABLE "products"."variant_components" ADD CONSTRAINT "variant_components_variant_fkey" FOREIGN KEY ("variant_id") REFERENCES "products"."variants"("variant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "products"."variant_components" ADD CONSTRAINT "variant_components_component_fkey" FOREIGN KEY ("component_variant_id") REFERENCES "products"."variants"("variant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "variant_components_component" ON "products"."variant_components" USING btree ("component_variant_id");