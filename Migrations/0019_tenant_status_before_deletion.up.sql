-- A tenant that is brought back is suspended again where it was before its deletion was asked for.

ALTER TABLE tenon.tenants ADD COLUMN was_suspended boolean NOT NULL DEFAULT false;
