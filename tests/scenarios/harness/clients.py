"""The AWS SDK for Python, pointed at an endpoint and nothing else changed."""
import boto3
import botocore.config
import botocore.exceptions


def boto3_client(service, endpoint, key, region="us-east-1"):
    return boto3.client(service, endpoint_url=endpoint, region_name=region, aws_access_key_id=key["AccessKeyId"],
                        aws_secret_access_key=key["SecretAccessKey"],
                        config=botocore.config.Config(retries={"total_max_attempts": 1}))


def environment(base, endpoint, key, region="us-east-1"):
    """What command line tools and the JavaScript SDK read; free of what the caller's machine has set for AWS."""
    clean = {name: value for name, value in base.items() if not name.startswith("AWS_")}
    return clean | {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
                    "AWS_DEFAULT_REGION": region, "AWS_REGION": region, "SES_ENDPOINT": endpoint,
                    "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null",
                    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_PAGER": ""}


def error_of(call, **arguments):
    """The client error a call ends with: (class name, code, message, HTTP status)."""
    try:
        call(**arguments)
    except botocore.exceptions.ClientError as error:
        said = error.response["Error"]
        return (type(error).__name__, said["Code"], said["Message"],
                error.response["ResponseMetadata"]["HTTPStatusCode"])
    raise AssertionError(f"{call.__name__} was not refused")
