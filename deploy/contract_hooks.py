"""Schemathesis hooks for deploy/check-contract: rules beyond JSON Schema, an additional check, and the figures."""

import atexit
import collections
import json
import os
import urllib.request

import schemathesis
from schemathesis.core.failures import Failure
from schemathesis.engine import observations

# Rules between members or parameters, or rules that need their own parser. JSON Schema cannot express them, so data
# that fits the schema may be refused by one of these, and by nothing else.
BEYOND_SCHEMAS = {
    # A value against the entry's own rules, and these rules against each other.
    "too_short", "too_long", "too_small", "too_large", "not_an_integer", "not_an_option", "pattern_mismatch",
    "empty_range",
    # The outcome of a JSON Schema sent with the value; a random one is mostly `false`.
    "not_allowed",
    # The list of common passwords.
    "password_too_common",
    # A cursor is sealed for its list.
    "invalid_cursor",
    # Numbers that cannot be stored exactly.
    "number_out_of_bounds",
    # The 31st of a month with 30 days, and a future revision or record.
    "invalid_moment", "unknown_revision", "beyond_the_end",
    # References must lead to entries, without cycles.
    "missing_reference", "invalid_reference", "reference_cycle",
    # A network has no bits after its prefix and is listed once in any notation; a key expires in the future.
    "invalid_cidr", "duplicate_cidr", "expiry_in_the_past",
    # The signing material must be stored with the key, or be sent.
    "signing_required",
    # Two operations of a batch may not have the same key.
    "duplicate_key",
    # Repeated values must be equal.
    "not_the_same",
    # Only existing permissions can be granted, and policies have their own parser.
    "unknown_role", "role_not_allowed", "role_cycle",
    # A question is asked in one of two forms.
    "wrong_question", "invalid_address", "invalid_time", "invalid_context",
    # Only the operator creates platform administrators, and configures Logto.
    "role_not_assignable", "issuer_required",
    # Users with a password change their own address in the profile.
    "own_email", "password_required",
}  # fmt: skip
# The key was sent before, with another request.
REUSED = "idempotency_key_reused"
# Patterns are RE2's, and JSON Schemas have a meta-schema; refusals have many codes.
COMPILED = ("#/validation_schema/pattern", "#/validation_schema/json_schema")

# The stored entry determines whether the rest fits, and each document format has its own parser.
DEPENDENT = {
    "patchConfig": ("#/value", "#/validation_schema"), "rollBackConfig": ("#/value",),
    "createPolicy": ("#/rules", "#/model"), "updatePolicy": ("#/rules", "#/model"),
    "batchConfigs": ("#/operations/",), "importConfigs": ("#",),
}  # fmt: skip
# A deleted entry keeps its history.
OF_THE_PAST = {"getConfigVersion", "listConfigVersions", "diffConfigVersions", "restoreConfig"}
# Entity tags are random.
CONDITIONAL = ("precondition_failed", "precondition_required")

# These need something from a third party, which other tests have: an identity provider, an event with a token, a
# platform administrator. And a changed password would prevent every later sign-in.
OF_OTHERS = {
    "beginSSOLogin", "completeSSOLogin", "resetPassword", "createTenant", "deleteTenant", "restoreTenant",
    "changePassword",
}  # fmt: skip
# A wrong secret also fits its schema.
OF_SECRETS = ("wrong_password", "invalid_reset_token")
# These take a name of one of two kinds, but not both.
BY_ONE_NAME = {"signIn", "signInForPair", "requestPasswordReset"}

# Responses of the edge before it knows the operation, or caused by the connection: `any` in docs/errors.md.
OF_THE_EDGE = {
    "malformed_request", "headers_too_large", "target_too_long", "method_not_allowed", "route_not_found",
    "precondition_failed", "service_unavailable", "too_much_contention",
}  # fmt: skip


# Schemathesis parses every text of a response as an address and aborts the run if one is invalid, such as a stored
# value `http://[`.
same_origin_path = observations._same_origin_path


def path_of_address(value, origin):
    try:
        return same_origin_path(value, origin)
    except ValueError:
        return None


observations._same_origin_path = path_of_address

KEPT = os.environ["CONTRACT_KEPT"].split()
STAYING = os.environ["CONTRACT_STAYING"].split()

cases = collections.Counter()
accepted = set()
anonymous = set()
opened = set()


def problem_of(response):
    if "application/problem+json" not in response.headers.get("content-type", [""])[0]:
        return None
    return json.loads(response.content)


def fresh_token(email):
    """An access token of a session that may be ended."""
    request = urllib.request.Request(
        os.environ["CONTRACT_ADDRESS"] + "/api/v1/auth/login",
        json.dumps({"email": email, "password": os.environ["CONTRACT_PASSWORD"]}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)["access_token"]


def is_open(case):
    return case.operation.definition.raw.get("security") == []


@schemathesis.hook
def before_call(context, case, kwargs):
    """Also calls public operations without the token, and makes more of the requests that fit the schema fit
    the rules beyond it, so that they get past them."""
    if is_open(case) and cases[case.operation.label] % 2:
        case.headers.pop("Authorization", None)
    # The sessions and users that all calls depend on stay, even if a list led to them. Resources that other calls use
    # are not deleted.
    operation = case.operation.definition.raw["operationId"]
    method = case.operation.method.upper()
    for name, value in (case.path_parameters or {}).items():
        is_deleted = method == "DELETE" and case.operation.path.endswith("{" + name + "}")
        if method != "GET" and value in KEPT or is_deleted and value in STAYING:
            case.path_parameters[name] = str(value)[:4] + "01m7zdjphae00ahd0jgdwrwca5"
    headers = case.headers or {}
    if operation == "signOut" and headers.get("Authorization") == "Bearer " + os.environ["CONTRACT_TOKEN"]:
        case.headers["Authorization"] = "Bearer " + fresh_token("a@contract.test")
    if operation == "endOwnSessions" and headers.get("Authorization", "").startswith("Bearer "):
        case.headers["Authorization"] = "Bearer " + fresh_token("c@contract.test")
    # Without `wait` the response is an endless stream; with `wait` it may take that long. An invalid value that is sent
    # instead stays, because it is refused.
    if case.operation.definition.raw["operationId"] == "watchNamespace":
        case.query = {**(case.query or {})}
        wait = str(case.query.get("wait", 1))
        if wait.isascii() and wait.isdigit() and int(wait) <= 60:
            case.query["wait"] = 0
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    # The valid token takes precedence over a random key; both are refused.
    if case.headers:
        case.headers.pop("X-API-Key", None)
    query = case.query or {}
    # Either a cursor or a page number: OpenAPI cannot express it. One of the two stays.
    ways = [{"cursor", "limit"} & query.keys(), {"page", "page_size"} & query.keys()]
    if all(ways):
        for name in ways[len(str(query)) % 2]:
            del query[name]
    # The available cursors belong to the list without a prefix.
    if "cursor" in query:
        query.pop("prefix", None)
    # The subject of the permissions.
    if operation == "getSubjectPermissions" and "subject" not in query:
        case.query = query = {**query, "subject": "role:viewer"}
    # A revision or a time.
    if "version" in query:
        query.pop("as_of", None)
    body = case.body
    if not isinstance(body, dict):
        return
    # A known address may have been added to a username; the schema takes only one of them.
    if operation in BY_ONE_NAME and body.get("email") and body.get("username"):
        del body["username"]
    # The user of the calls keeps the known name.
    if operation == "updateProfile":
        body.pop("email", None)
    # Without a tenant, an address and a username can be registered only once.
    if operation in ("registerUser", "registerTenant"):
        number = sum(cases.values())
        body["email"] = f"c{number}@registered.test"
        if "username" in body:
            body["username"] = f"c{number}"
    for name, again in (("password", "password2"), ("new_password", "new_password2")):
        if body.get(again) and body.get(name):
            body[again] = body[name]
    # Half of the keys are made valid.
    if len(str(body)) % 2:
        if body.get("allowed_cidrs"):
            body["allowed_cidrs"] = ["10.0.0.0/8"]
        if body.get("expires_at"):
            body["expires_at"] = "2100-01-01T00:00:00Z"
        if body.get("requires_signature"):
            body["requires_signature"] = False
    # A free value seldom satisfies free rules: half of them stay, the other half is made to fit.
    rules = body.get("validation_schema")
    if rules and len(str(body)) % 2:
        # A patch may name neither the type nor the options.
        options = rules.get("options")
        if body.get("value_type") == "select" and isinstance(options, list) and options:
            body["value"] = options[0]
        else:
            body["validation_schema"] = None


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Drops a refusal of data that fits the schema where every reason is beyond schemas, and of a condition."""
    problem = problem_of(response) or {}
    # For all generated requests: a body can be too large, and a secret wrong.
    if failure.code == "ST201" and problem.get("code") == "body_too_large":
        return False
    if failure.code == "ST202" and problem.get("code") in OF_SECRETS:
        return False
    # There is no provider here.
    if failure.code == "ST101" and problem.get("code") == "identity_provider_unavailable":
        return False
    # Checked before the body, so that the response reveals nothing about it.
    if failure.code in ("ST201", "ST202") and problem.get("code") in CONDITIONAL:
        return False
    if failure.code == "ST301" and case.operation.definition.raw["operationId"] in OF_THE_PAST:
        return False
    if failure.code != "ST202" or response.status_code not in (400, 422):
        return True
    if problem.get("code") == REUSED:
        return False
    errors = problem.get("errors", [])
    places = COMPILED + DEPENDENT.get(case.operation.definition.raw["operationId"], ())
    return not errors or not all(
        error["code"] in BEYOND_SCHEMAS or error.get("pointer", "").startswith(places) for error in errors
    )


class UndocumentedProblem(Failure):
    """A problem whose code the operation does not list for its status."""


@schemathesis.check
def documented_problem(ctx, response, case):
    """The document has a `default` for every status, so this compares the codes."""
    problem = problem_of(response)
    if problem is None or problem["code"] in OF_THE_EDGE:
        return
    described = case.operation.definition.raw["responses"].get(str(response.status_code), {})
    if "$ref" in described:
        shared = case.operation.schema.raw_schema["components"]["responses"]
        described = shared[described["$ref"].rsplit("/", 1)[1]]
    content = described.get("content", {})
    documented = content.get("application/problem+json", {}).get("examples", {})
    if problem["code"] not in documented:
        raise UndocumentedProblem(
            operation=case.operation.label,
            title="Undocumented problem",
            message=f"{response.status_code} {problem['code']} is not among {sorted(documented)}",
        )


@schemathesis.hook
def after_call(context, case, response):
    cases[case.operation.label] += 1
    if case.operation.definition.raw["operationId"] in OF_OTHERS:
        accepted.add(case.operation.label)
        return
    if 200 <= response.status_code < 300 and response.request.method == case.operation.method.upper():
        accepted.add(case.operation.label)
        if "Authorization" not in response.request.headers:
            anonymous.add(case.operation.label)
    if is_open(case):
        opened.add(case.operation.label)


@atexit.register
def tell():
    """The figures, for the script: an operation that never did its work was not tested."""
    with open(os.environ["CONTRACT_FIGURES"], "w") as file:
        json.dump(
            {
                "operations": len(cases), "cases": sum(cases.values()),
                "never_accepted": sorted(cases.keys() - accepted),
                "never_anonymous": sorted(opened - anonymous),
            },
            file,
        )  # fmt: skip
