DROP TABLE tenon.config_versions;
DROP TABLE tenon.configs;
DROP TABLE tenon.namespaces;
