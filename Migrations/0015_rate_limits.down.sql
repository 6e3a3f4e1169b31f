DROP TABLE tenon.rate_ledger;
DROP FUNCTION tenon.nanoseconds();
