using DaprLocal.Config;
using DaprLocal.Tests.Hosting;
using OrderInventory.Testing;

namespace DaprLocal.Tests.Config;

public sealed class ResourceReaderTests : IDisposable
{
    private const string Head = "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: store}\n";

    private readonly TestFolder _folder = new();
    private readonly Dictionary<string, string> _environment = [];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("kind: Componet\nmetadata: {name: a}\n", 1, "unknown kind 'Componet'; did you mean 'Component'?")]
    [InlineData("apiVersion: dapr.io/v2\nkind: Component\nmetadata: {name: a}\n", 1, "apiVersion 'dapr.io/v2' is unknown for a Component; write dapr.io/v1alpha1")]
    [InlineData("apiVersion: dapr.io/v1alpha1\nkind: Component\n", 1, "needs 'metadata: {name: …}'")]
    [InlineData(Head, 1, "component 'store' has no 'spec'")]
    [InlineData(Head + "spec:\n  type: state.sqlite\n", 5, "'version' in 'spec' is required")]
    [InlineData(Head + "spec:\n  type: state.sqlite\n  version: v1\n  metdata: []\n", 7, "unknown key 'metdata' in 'spec'; did you mean 'metadata'?")]
    [InlineData(Head + "spec:\n  type: x\n  version: v1\n  metadata:\n  - name: a\n    vlaue: b\n", 9, "unknown key 'vlaue' in 'spec.metadata[0]'; did you mean 'value'?")]
    [InlineData(Head + "spec:\n  type: x\n  version: v1\n  metadata:\n  - {name: key, value: 1}\n  - {name: KEY, value: 2}\n", 9, "metadata 'KEY' is given twice")]
    [InlineData(Head + "spec:\n  type: x\n  version: v1\n  metadata:\n  - {name: a, envRef: NOT_SET_ANYWHERE}\n", 8, "environment variable 'NOT_SET_ANYWHERE' is not set")]
    [InlineData(Head + "spec:\n  type: x\n  version: v1\n  metadata:\n  - {name: a, envRef: DAPR_API_TOKEN}\n", 8, "may not read 'DAPR_API_TOKEN'")]
    [InlineData(Head + "spec:\n  type: x\n  version: v1\n  metadata:\n  - name: a\n    secretKeyRef: {name: s}\n", 9, "has no store: add 'auth: {secretStore: NAME}'")]
    [InlineData(Head + "spec:\n  type: secretstores.hashicorp.vault\n  version: v1\n", 1, "secret store type 'secretstores.hashicorp.vault' is not supported")]
    [InlineData(Head + "spec: {type: x, version: v1}\n---\n" + Head + "spec: {type: y, version: v1}\n", 6, "Component 'store' is already defined at ")]
    [InlineData("apiVersion: dapr.io/v2alpha1\nkind: Subscription\nmetadata: {name: a}\nspec:\n  pubsubname: p\n  topic: t\n  route: /x\n", 7, "unknown key 'route' in 'spec'; did you mean 'routes'?")]
    [InlineData("apiVersion: dapr.io/v2alpha1\nkind: Subscription\nmetadata: {name: a}\nspec:\n  pubsubname: p\n  topic: t\n  routes:\n    rules:\n    - match: has(event.type)\n      path: /x\n", 9, "understands only rules of the form")]
    [InlineData("apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {name: a}\nspec:\n  policies:\n    retries:\n      r: {policy: linear}\n", 7, "retry policy 'linear' is unknown")]
    [InlineData("apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {name: a}\nspec:\n  policies:\n    timeouts: {t: soon}\n", 6, "must be a duration such as 500ms")]
    [InlineData("- a\n- b\n", 1, "expected 'key: value' lines")]
    [InlineData("a: [\n", 2, "not valid YAML")]
    public void Read_Mistake_NamesFileLineAndRemedy(string yaml, int line, string what)
    {
        var path = _folder.Write("a.yaml", yaml);

        var error = Assert.Throws<ConfigurationException>(Read);

        Assert.StartsWith($"{path}:{line}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SecretsAndTemplates_AreFilledIn()
    {
        _environment["DB"] = "from-env";
        _environment["PLAIN"] = "by-ref";
        _folder.Write("secrets.json", """{"redis": {"password": "from-file"}}""");
        _folder.Write("b.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: {name: env}
            spec: {type: secretstores.local.env, version: v1}
            ---
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: {name: file}
            spec: {type: secretstores.local.file, version: v1, metadata: [{name: secretsFile, value: secrets.json}]}
            """);
        _folder.Write("a.yaml", $$"""
            {{Component("one", "env", "secretKeyRef: {name: DB}")}}
            ---
            {{Component("two", "file", "secretKeyRef: {name: 'redis:password'}")}}
            ---
            {{Component("three", null, "envRef: PLAIN")}}
            ---
            {{Component("four", null, "value: 'group-{appID}-{namespace}-{uuid}'")}}
            scopes: [a]
            """);

        var set = Read();
        var a = set.For("a", null, () => "id").Components;
        var b = set.For("b", "prod", () => "id").Components;

        Assert.Equal(["from-env", "from-file", "by-ref", "group-a-a-id"], a.Select(component => component.Metadata["Field"]));
        Assert.Equal(["one", "two", "three"], b.Select(component => component.Name));
        Assert.Same(a[0], b[0]);
    }

    [Fact]
    public void Read_Subscriptions_BothVersionsAndScopes()
    {
        _folder.Write("a.yml", """
            apiVersion: dapr.io/v1alpha1
            kind: Subscription
            metadata: {name: first}
            spec: {pubsubname: p, topic: t, route: /one, deadLetterTopic: t.dlq, metadata: {rawPayload: "true"}}
            scopes: [x]
            ---
            apiVersion: dapr.io/v2alpha1
            kind: Subscription
            metadata: {name: second}
            spec:
              pubsubname: p
              topic: u
              routes: {default: /two}
              bulkSubscribe: {enabled: true, maxMessagesCount: 10, maxAwaitDurationMs: 40}
            """);

        var set = Read();

        var forX = set.For("x", null, () => "").Subscriptions;
        Assert.Equal(["/one", "/two"], forX.Select(subscription => subscription.Route));
        Assert.Equal(("t.dlq", "true"), (forX[0].DeadLetterTopic, forX[0].Metadata["rawPayload"]));
        Assert.Equal(new BulkSubscribe(10, TimeSpan.FromMilliseconds(40)), forX[1].Bulk);
        Assert.Equal(["/two"], set.For("y", null, () => "").Subscriptions.Select(subscription => subscription.Route));
    }

    [Fact]
    public void Read_Resiliency_TargetsWinOverDefaultsAndBreakersAreNoted()
    {
        _folder.Write("a.yaml", $$"""
            {{Component("pubsub", null, "value: x", "pubsub.sqlite")}}
            ---
            {{Component("other", null, "value: x", "pubsub.sqlite")}}
            ---
            {{Component("state", null, "value: x", "state.sqlite")}}
            ---
            apiVersion: dapr.io/v1alpha1
            kind: Resiliency
            metadata: {name: r}
            spec:
              policies:
                timeouts: {short: 1m30s, DefaultTimeoutPolicy: 700}
                retries:
                  forever: {policy: exponential, maxInterval: 5s, maxRetries: -1}
                  DefaultPubsubComponentInboundRetryPolicy: {duration: 2s, maxRetries: 3}
                circuitBreakers:
                  breaker: {maxRequests: 1, timeout: 30s, trip: consecutiveFailures > 5}
              targets:
                components:
                  pubsub:
                    inbound: {retry: forever, timeout: short, circuitBreaker: breaker}
            """);

        var set = Read();
        var targets = set.For("any", null, () => "").Resiliency;

        Assert.Equal(
            new ComponentPolicy(new RetryPolicy(true, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), -1), TimeSpan.FromSeconds(90)),
            targets.Inbound["pubsub"]);
        Assert.False(targets.Outbound.ContainsKey("pubsub"));
        Assert.Equal(
            new ComponentPolicy(new RetryPolicy(false, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(60), 3), TimeSpan.FromMilliseconds(700)),
            targets.Inbound["other"]);
        Assert.Equal(new ComponentPolicy(null, TimeSpan.FromMilliseconds(700)), targets.Inbound["state"]);
        Assert.Equal(2, set.Notes.Count(note => note.Contains("no effect", StringComparison.Ordinal)));
    }

    [Fact]
    public void For_UnknownPolicyName_NamesTheLineAndTheNearestPolicy()
    {
        var path = _folder.Write("a.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Resiliency
            metadata: {name: r}
            spec:
              policies: {retries: {forever: {maxRetries: -1}}}
              targets:
                components:
                  pubsub:
                    inbound: {retry: forevr}
            """);

        var error = Assert.Throws<ConfigurationException>(() => Read().For("a", null, () => ""));

        Assert.Equal($"{path}:9: retry policy 'forevr' is not defined; did you mean 'forever'?", error.Message);
    }

    [Fact]
    public void Read_ShippedComponents_AreWhatTheDesignPromises()
    {
        var (components, _, resiliency) = ResourceReader.Read([Path.Combine(Repository.Root, "components", "local")], _ => null).For("order-app", null, () => "");

        Assert.Equal([("pubsub", "pubsub.sqlite"), ("statestore", "state.sqlite")], components.Select(component => (component.Name, component.Type)));
        Assert.Equal("true", components[1].Metadata["actorStateStore"]);
        Assert.Equal(new RetryPolicy(true, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), -1), resiliency.Inbound["pubsub"].Retry);
    }

    private ResourceSet Read() => ResourceReader.Read([_folder.Path], _environment.GetValueOrDefault);

    private static string Component(string name, string? store, string field, string type = "state.x") =>
        $$"""
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: {{name}}}
        {{(store is null ? "" : $"auth: {{secretStore: {store}}}")}}
        spec: {type: {{type}}, version: v1, metadata: [{name: field, {{field}}}]}
        """;
}
