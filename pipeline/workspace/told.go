package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"cloud.google.com/go/storage"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"gocloud.dev/gcerrors"
)

// refusals are the answers of stores that a person can do something about, by the words of
// their codes, with a sentence of what was done, where, and the code.
var refusals = []struct {
	codes []string
	text  string
}{
	{[]string{"NoSuchBucket", "ContainerNotFound"}, "the bucket of %[2]s does not exist or cannot be read (%[3]s); check its name and the credentials"},
	{[]string{"SignatureDoesNotMatch", "InvalidAccessKeyId", "InvalidToken", "ExpiredToken", "AuthenticationFailed", "XAdminUserNotFound"}, "the bucket of %[2]s does not take these credentials (%[3]s); check the key and its secret, and that they have not run out"},
	{[]string{"AccessDenied", "Forbidden", "AllAccessDisabled", "AuthorizationFailure", "AuthorizationPermissionMismatch"}, "%[1]s %[2]s: the bucket does not let this user (%[3]s); give the right, or use other credentials"},
	{[]string{"no credentials"}, "there are no credentials for the bucket of %[2]s; put them into the environment, such as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this machine a role"},
}

// why puts an error of a bucket into words.
func (k *bucket) why(doing, name string, err error) error {
	if err == nil {
		return nil
	}
	at, code := k.place(name), refusal(err)
	for _, r := range refusals {
		for _, c := range r.codes {
			if c != code {
				continue
			}
			if !strings.Contains(r.text, "%[1]s") {
				at = k.root // it is not about this object
			}
			return &NotWrittenError{Text: fmt.Sprintf(r.text, doing, at, code), Err: err}
		}
	}
	var text string
	switch gcerrors.Code(err) {
	case gcerrors.NotFound:
		return fmt.Errorf("%s %s: %w", doing, at, fs.ErrNotExist)
	case gcerrors.PermissionDenied:
		text = "%[1]s %[2]s: the bucket does not let this user; give the right, or use other credentials"
	case gcerrors.ResourceExhausted:
		text = "%[1]s %[2]s: the bucket takes no more just now; wait, or raise the quota"
	case gcerrors.DeadlineExceeded:
		text = "%[1]s %[2]s: the bucket did not answer in time; look at the network, then run again"
	default:
		return fmt.Errorf("%s %s: %w", doing, at, err)
	}
	return &NotWrittenError{Text: fmt.Sprintf(text, doing, at, code), Err: err}
}

// refusal is the code with which a store refuses; "" if it has none. Without credentials the
// libraries ask nobody, or only the machine's own address for roles.
func refusal(err error) string {
	var s3 interface{ ErrorCode() string } // of the library for S3
	var azure *azcore.ResponseError
	switch {
	case errors.As(err, &s3):
		return s3.ErrorCode()
	case errors.As(err, &azure):
		return azure.ErrorCode
	case errors.Is(err, storage.ErrBucketNotExist):
		return "NoSuchBucket"
	}
	for _, said := range []string{"no EC2 IMDS role found", "failed to refresh cached credentials", "get credentials", "could not find default credentials"} {
		if strings.Contains(err.Error(), said) {
			return "no credentials"
		}
	}
	return ""
}
