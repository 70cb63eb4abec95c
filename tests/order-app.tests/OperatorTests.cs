using System.Net;
using OrderInventory.Testing.Access;

namespace OrderApp.Tests;

/// <summary>Without authentication operators are those on the machine itself.</summary>
public sealed class OperatorTests : OrderApiTests
{
    [Theory]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("::1", HttpStatusCode.OK)]
    [InlineData("203.0.113.7", HttpStatusCode.Forbidden)]
    [InlineData("::ffff:203.0.113.7", HttpStatusCode.Forbidden)]
    public async Task Stuck_WithoutAuthentication_AnswersOnTheMachineOnly(string address, HttpStatusCode status)
    {
        using var answer = await Elsewhere.GetAsync(App.Server, "/api/orders/stuck", IPAddress.Parse(address));

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task EveryRoute_InvokedByAnotherAppThroughTheSidecar_Is403ForOperatorsAndDeliveries() =>
        Assert.Empty(await InvocationSuite.FailuresAsync(Routes.Of(App.Services), App.Server, OrderApi.AppToken));
}
