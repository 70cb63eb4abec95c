using OrderInventory.Deploy.Tests.Models;

namespace OrderInventory.Deploy.Tests;

public sealed class YamlFilesTests
{
    public static TheoryData<string> Files { get; } = [.. YamlFiles.All];

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_FileOfTheRepository_FitsIntoItsTypes(string path) => Assert.NotEmpty(YamlFiles.Read(path));

    [Theory]
    [InlineData("apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }\nspec: { replica: 2 }\n")]
    [InlineData("apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: a }\nspec: { maxUnavailable: 1, maxUnavailable: 2 }\n")]
    [InlineData("apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: { name: a }\nspec: { policies: { retries: {} }, targets: { components: { p: { inbund: { retry: r } } } } }\n")]
    [InlineData("apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: { name: a }\nspec: { type: state.redis, metadata: [] }\n")]
    [InlineData("apiVersion: v1\nkind: Secret\nmetadata: { name: a }\n")]
    public void Parse_UnknownDoubledOrMissingField_Fails(string document) => Assert.ThrowsAny<Exception>(() => YamlFiles.Parse("x.yaml", document));

    [Fact]
    public void Parse_GoodDocument_IsRead() =>
        Assert.Equal("state.redis", Assert.IsType<Component>(YamlFiles.Parse("x.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: { name: a }\nspec: { type: state.redis, version: v1, metadata: [] }\n")).Spec.Type);
}
