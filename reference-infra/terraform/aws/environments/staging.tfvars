environment = "staging"
account_id  = "111111111111"

cidr                   = "10.20.0.0/16"
nat_per_zone           = false
load_balancer_internal = true

certificate_arn     = "arn:aws:acm:eu-west-1:111111111111:certificate/6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
first_image         = "ghcr.io/org/ml-api@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
service_environment = { MLFLOW_TRACKING_URI = "https://mlflow.example.com", MODEL_URI = "models:/ml-api@staging" }
cpu                 = 1024
memory              = 2048
min_tasks           = 2
max_tasks           = 3
deployment_strategy = "ROLLING"

node_instance_types     = ["m7i.large", "m6i.large"]
node_count              = { min = 3, desired = 3, max = 4 }
cluster_admin_role_arns = ["arn:aws:iam::111111111111:role/platform-admin"]

github          = { owner = "org", owner_id = "1", repository = "ml-api", repository_id = "2" }
deploy_branches = ["main"]

state_bucket_arn  = "arn:aws:s3:::org-ml-api-staging-terraform"
state_kms_key_arn = "arn:aws:kms:eu-west-1:111111111111:key/1f0e6a3c-5b7d-4c2e-9a41-0d6f2b8c7e11"

alarm_emails        = ["ml-team@example.com"]
log_retention_days  = 30
deletion_protection = false
