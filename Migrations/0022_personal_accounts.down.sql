ALTER TABLE tenon.users DROP COLUMN is_personal;
