package zdeps

import (
	_ "github.com/andybalholm/brotli"
	_ "github.com/nicholas-fedor/shoutrrr"
	_ "github.com/prometheus/client_golang/prometheus/promhttp"
	_ "github.com/prometheus/client_golang/prometheus/testutil"
	_ "github.com/prometheus/common/expfmt"
	_ "github.com/temoto/robotstxt"
	_ "github.com/wneessen/go-mail"
	_ "gocloud.dev/blob/azureblob"
	_ "gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/gcsblob"
	_ "gocloud.dev/blob/memblob"
	_ "gocloud.dev/blob/s3blob"
	_ "golang.org/x/net/http2"
	_ "golang.org/x/net/publicsuffix"
	_ "golang.org/x/time/rate"
	_ "golang.org/x/sync/errgroup"
	_ "github.com/aws/aws-sdk-go-v2/service/s3"
	_ "cloud.google.com/go/storage"
	_ "github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	_ "github.com/google/uuid"
)
