ALTER TABLE tenon.tenants DROP COLUMN was_suspended;
