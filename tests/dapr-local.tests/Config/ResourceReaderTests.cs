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
    [InlineData("kind: Componet\nmetadata: {name: a}\n", 1, "does not know resources of kind 'Componet' here; known are Component, Resiliency")]
    [InlineData("apiVersion: dapr.io/v2\nkind: Component\nmetadata: {name: a}\n", 1, "apiVersion 'dapr.io/v2' is unknown for a Component; write dapr.io/v1alpha1")]
    [InlineData("apiVersion: dapr.io/v1alpha1\nkind: Component\n", 1, "needs 'metadata: {name: …}'")]
    [InlineData(Head, 1, "component 'store' has no 'spec'")]
    [InlineData(Head + "spec:\n  type: state.sqlite\n", 5, "'version' in 'spec' is required")]
    [InlineData(Head + "spec:\n  type: state.sqlite\n  version: v1\n  metdata: []\n", 7, "does not know the key 'metdata' in 'spec'; known here: ignoreErrors, initTimeout, metadata, type, version")]
    [InlineData(Head + "spec:\n  type: x\n  version: v1\n  metadata:\n  - name: a\n    vlaue: b\n", 9, "does not know the key 'vlaue' in 'spec.metadata[0]'; known here: name, secretKeyRef, value")]
    [InlineData(Head + "spec:\n  type: x\n  version: v1\n  metadata:\n  - {name: key, value: 1}\n  - {name: KEY, value: 2}\n", 9, "metadata 'KEY' is given twice")]
    [InlineData(Head + "spec:\n  type: x\n  version: v1\n  metadata:\n  - name: a\n    value: b\n    secretKeyRef: {name: s}\n", 10, "has both 'value' and 'secretKeyRef'")]
    [InlineData(Head + "spec:\n  type: x\n  version: v1\n  metadata:\n  - name: a\n    secretKeyRef: {name: s}\n", 9, "has no store: add 'auth: {secretStore: NAME}'")]
    [InlineData(Head + "spec:\n  type: secretstores.hashicorp.vault\n  version: v1\n", 1, "secret store type 'secretstores.hashicorp.vault' is not supported")]
    [InlineData(Head + "spec: {type: x, version: v1}\n---\n" + Head + "spec: {type: y, version: v1}\n", 6, "Component 'store' is already defined at ")]
    [InlineData("apiVersion: dapr.io/v2alpha1\nkind: Subscription\nmetadata: {name: a}\n", 2, "does not have declarative subscriptions; let the app answer GET /dapr/subscribe")]
    [InlineData("apiVersion: dapr.io/v1alpha1\nkind: HTTPEndpoint\nmetadata: {name: a}\n", 2, "does not know resources of kind 'HTTPEndpoint' here")]
    [InlineData("apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {name: a}\nspec:\n  policies:\n    circuitBreakers: {}\n", 6, "does not know the key 'circuitBreakers'")]
    [InlineData("apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {name: a}\nspec:\n  policies:\n    retries: {DefaultRetryPolicy: {}}\n", 6, "does not have policies that apply by their name")]
    [InlineData("apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {name: a}\nspec:\n  policies:\n    retries:\n      r: {policy: linear}\n", 7, "retry policy 'linear' is unknown")]
    [InlineData("apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {name: a}\nspec:\n  policies:\n    timeouts: {t: soon}\n", 6, "must be a duration such as 500ms")]
    [InlineData("- a\n- b\n", 1, "expected 'key: value' lines")]
    [InlineData("a: [\n", 2, "not valid YAML")]
    [InlineData("x: [1, 2\ny: }\n", 1, "not valid YAML")]
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
        _environment["MY_PASSWORD"] = "with-prefix";
        _folder.Write("b.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: {name: env}
            spec: {type: secretstores.local.env, version: v1}
            ---
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: {name: mine}
            spec: {type: secretstores.local.env, version: v1, metadata: [{name: prefix, value: MY_}]}
            """);
        _folder.Write("a.yaml", $$"""
            {{Component("one", "env", "secretKeyRef: {name: DB}")}}
            ---
            {{Component("two", "mine", "secretKeyRef: {name: PASSWORD}")}}
            ---
            {{Component("four", null, "value: 'group-{appID}'")}}
            scopes: [a]
            """);

        var set = Read();
        var a = set.For("a").Components;
        var b = set.For("b").Components;

        Assert.Equal(["from-env", "with-prefix", "group-a"], a.Select(component => component.Metadata["Field"]));
        Assert.Equal(["one", "two"], b.Select(component => component.Name));
        Assert.Same(a[0], b[0]);
    }

    [Fact]
    public void Read_Resiliency_GivesThePoliciesOfEveryTarget()
    {
        _folder.Write("a.yaml", $$"""
            {{Component("pubsub", null, "value: x", "pubsub.sqlite")}}
            ---
            apiVersion: dapr.io/v1alpha1
            kind: Resiliency
            metadata: {name: r}
            spec:
              policies:
                timeouts: {short: 1m30s}
                retries:
                  forever: {policy: exponential, maxInterval: 5s, maxRetries: -1}
                  twice: {duration: 2s, maxRetries: 2}
              targets:
                components:
                  pubsub:
                    inbound: {retry: forever, timeout: short}
                apps:
                  other: {retry: twice}
            """);

        var targets = Read().For("any").Resiliency;

        Assert.Equal(new ComponentPolicy(new RetryPolicy(true, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), -1), TimeSpan.FromSeconds(90)), targets.Inbound["pubsub"]);
        Assert.Empty(targets.Outbound);
        Assert.Equal(new ComponentPolicy(new RetryPolicy(false, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(60), 2), null), targets.Apps["other"]);
    }

    [Theory]
    [InlineData("inbound")]
    [InlineData("outbound")]
    public void For_PolicyOfAStateStore_IsRefused(string direction)
    {
        _folder.Write("a.yaml", $$"""
            {{Component("state", null, "value: x", "state.sqlite")}}
            ---
            apiVersion: dapr.io/v1alpha1
            kind: Resiliency
            metadata: {name: r}
            spec:
              policies:
                retries:
                  twice: {maxRetries: 2}
              targets:
                components:
                  state:
                    {{direction}}: {retry: twice}
            """);

        Assert.Contains("dapr-local has no policies for state", Assert.Throws<ConfigurationException>(() => Read().For("any")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_UnknownPolicyName_NamesTheLineAndThePolicies()
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

        var error = Assert.Throws<ConfigurationException>(Read);

        Assert.Equal($"{path}:9: retry policy 'forevr' is not defined in this resource; defined here: forever", error.Message);
    }

    [Fact]
    public void Read_ShippedComponents_AreWhatTheDesignPromises()
    {
        var (components, resiliency) = ResourceReader.Read([Path.Combine(Repository.Root, "components", "local")], _ => null).For("order-app");

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
