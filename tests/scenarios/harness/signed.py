"""Signed requests to what stands beyond SES, where no SDK has operations. botocore signs; nothing of ours does."""
import json
import urllib.error
import urllib.request

import botocore.auth
import botocore.awsrequest
import botocore.credentials


class Refused(Exception):
    def __init__(self, status, error_type, message, body=None):
        super().__init__(f"{status} {error_type}: {message}")
        self.status, self.error_type, self.message = status, error_type, message
        self.body = body or {}  # where it is JSON


class SignedApi:
    """`key` is what `sesame credentials create --json` or a sandbox's note holds: AccessKeyId and SecretAccessKey."""

    def __init__(self, endpoint, key, region="us-east-1"):
        self.endpoint = endpoint
        self.region = region
        self.credentials = botocore.credentials.Credentials(key["AccessKeyId"], key["SecretAccessKey"])

    def octets(self, method, path, body=None):
        request = botocore.awsrequest.AWSRequest(method=method, url=self.endpoint + path, data=body,
                                                 headers={"Content-Type": "application/json"} if body else {})
        botocore.auth.SigV4Auth(self.credentials, "ses", self.region).add_auth(request)
        call = urllib.request.Request(request.url, data=body, headers=dict(request.headers), method=method)
        try:
            with urllib.request.urlopen(call, timeout=40) as answer:
                return answer.read()
        except urllib.error.HTTPError as refusal:
            text = refusal.read()
            try:
                body = json.loads(text)
            except ValueError:
                body = {"message": text.decode(errors="replace")}
            raise Refused(refusal.code, refusal.headers.get("x-amzn-ErrorType"), body.get("message"), body) from None

    def call(self, method, path, value=None):
        return json.loads(self.octets(method, path, None if value is None else json.dumps(value).encode()))
