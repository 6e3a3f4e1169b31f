DROP TABLE tenon.policies;
DROP TABLE tenon.roles;
