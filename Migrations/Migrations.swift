public let x = PackageResources._001_foundation_up_sql
