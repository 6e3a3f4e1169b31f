import ArgumentParser
import Configuration
import Hummingbird
import Logging
import ServiceLifecycle
print("x")
