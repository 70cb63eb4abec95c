using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace OrderApp.Tests;

/// <summary>What a JSON body may say, and what is wrong with others in the words of the API.</summary>
public sealed class BodyTests : OrderApiTests
{
    private const string Whole = "The value must be a whole number, and not too large.";
    private const string Once = "This field may be given once.";

    [Theory]
    [InlineData("1.0")]
    [InlineData("1e0")]
    [InlineData("10E-1")]
    [InlineData("0.1e+1")]
    [InlineData("1.0000000000000000000000000000000000000000")]
    public async Task Quantity_WholeInAnotherForm_IsTheSame(string quantity)
    {
        await PostAsync(Order("1"), "k");

        var again = await PostAsync(Order(quantity), "k");

        Assert.Equal((HttpStatusCode.Created, true), (again.StatusCode, again.Headers.Contains("Idempotency-Replayed")));
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("1e-1")]
    [InlineData("1e400")]
    [InlineData("1e99999999999")]
    [InlineData("3000000000")]
    [InlineData("1.0000000000000000000000000000000000000001")]
    [InlineData("0.99999999999999999999999999999999999999999")]
    public async Task Quantity_ThatIsNotWholeOrDoesNotFit_IsRefusedInOurWords(string quantity)
    {
        Assert.Equal(("quantity", Whole), await MistakeAsync(Order(quantity)));
        Assert.Equal(("lines[1].quantity", Whole), await MistakeAsync($$"""{"userId":"u","lines":[{{Line("1")}},{{Line(quantity)}}]}"""));
        Assert.Equal(("quantity", "值必须是整数，且不能过大。"), await MistakeAsync(Order(quantity), "zh"));
        Assert.Empty(App.State.Values(""));
    }

    [Theory]
    [InlineData("""{"userId":"u","userId":"v","productId":"p","quantity":1,"amount":1}""", "userId")]
    [InlineData("""{"userId":"u","productId":"p","quantity":1,"amount":1,"quantity":1}""", "quantity")]
    [InlineData("""{"userId":"u","lines":[{"productId":"p","quantity":1,"amount":1},{"productId":"p","quantity":1,"productId":"q","amount":1}]}""", "lines[1].productId")]
    public async Task Member_GivenTwice_IsToldSo(string body, string field)
    {
        Assert.Equal((field, Once), await MistakeAsync(body));
        Assert.Equal((field, "该字段只能出现一次。"), await MistakeAsync(body, "zh"));
    }

    [Fact]
    public async Task Member_InAnotherCase_IsUnknown() =>
        Assert.Equal(("USERID", "This field is unknown."), await MistakeAsync("""{"userId":"u","USERID":"v","productId":"p","quantity":1,"amount":1}"""));

    [Fact]
    public async Task Lines_WithMoreTogetherThanCanBePaid_AreRefused()
    {
        Assert.Equal(HttpStatusCode.Created, (await PostAsync(Lines("999999999999999999.98", "0.01"))).StatusCode);

        Assert.Equal(("lines", "The lines must have an amount of at most 999999999999999999.99 together."), await MistakeAsync(Lines("999999999999999999.98", "0.02")));
        Assert.Equal("lines", (await MistakeAsync($$"""{"userId":"u","lines":[{{string.Join(',', Enumerable.Repeat(Line("1", "999999999999999999.99"), 50))}}]}""")).Field);

        static string Lines(string first, string second) => $$"""{"userId":"u","lines":[{{Line("1", first)}},{{Line("1", second)}}]}""";
    }

    private static string Order(string quantity) => $$"""{"userId":"u","productId":"p","quantity":{{quantity}},"amount":1}""";

    private static string Line(string quantity, string amount = "1") => $$"""{"productId":"p","quantity":{{quantity}},"amount":{{amount}}}""";

    private async Task<(string Field, string? Message)> MistakeAsync(string body, string language = "en")
    {
        var answer = await PostAsync(body, language: language);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = Assert.Single((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject());
        return (error.Name, error.Value[0].GetString());
    }

    private Task<HttpResponseMessage> PostAsync(string body, string? key = null, string language = "en")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/orders") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Accept-Language", language);
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return Http.SendAsync(request);
    }
}
