using Microsoft.AspNetCore.Http;
using OrderInventory.ServiceDefaults.Http;

namespace OrderInventory.ServiceDefaults.Tests;

/// <summary>Which texts are a key, and which key they are.</summary>
public sealed class IdempotencyKeyTests
{
    private static readonly string Printable = string.Concat(Enumerable.Range('!', '~' - '!' + 1).Select(code => (char)code)).Replace("\"", "", StringComparison.Ordinal);

    [Theory]
    [InlineData("k1", "k1")]
    [InlineData("\"k1\"", "k1")]
    [InlineData("\"two words\"", "two words")]
    [InlineData("""
        "say \"hello\""
        """, "say \"hello\"")]
    [InlineData("""
        "back\\slash"
        """, "back\\slash")]
    [InlineData("\"k1\";v=1", "k1")]
    [InlineData("\"k1\" ; v=\"2\"", "k1")]
    [InlineData("a,b", "a,b")]
    [InlineData("\"a, b\"", "a, b")]
    [InlineData("\",\"", ",")]
    [InlineData("k\"1", "k\"1")]
    public void Parse_WithQuotesOrWithout_IsTheSameKey(string text, string key) => Assert.Equal((key, null), IdempotencyKey.Parse(text));

    [Fact]
    public void Parse_EveryPrintableCharacter_IsAllowed() => Assert.Equal((Printable, null), IdempotencyKey.Parse(Printable));

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void Parse_Length_IsBounded(int length, bool isKey)
    {
        var key = new string('k', length);

        Assert.Equal((isKey, isKey), (IdempotencyKey.Parse(key).Key == key, IdempotencyKey.Parse($"\"{key}\"").Key == key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"\"")]
    [InlineData("two words")]
    [InlineData(" k1")]
    [InlineData("k1, k1")]
    [InlineData("k1,k1")]
    [InlineData("\"k1\",\"k1\"")]
    [InlineData("\"k1\", \"k2\"")]
    [InlineData("\"k1")]
    [InlineData("\"k1\" k2")]
    [InlineData("\"k\\1\"")]
    [InlineData("\"k\"1\"")]
    [InlineData("ключ")]
    [InlineData("\"ü\"")]
    [InlineData("k\u0001")]
    [InlineData("\"k\t1\"")]
    public void Parse_NoKey_SaysWhy(string text)
    {
        var (key, refusal) = IdempotencyKey.Parse(text);

        Assert.Null(key);
        Assert.NotEmpty(refusal!);
    }

    [Fact]
    public void Of_HeaderGivenTwice_IsRefused()
    {
        var request = new DefaultHttpContext().Request;
        Assert.Equal((null, null), IdempotencyKey.Of(request));
        request.Headers[IdempotencyKey.Header] = new(["k1", "k1"]);

        var (key, refusal) = IdempotencyKey.Of(request);

        Assert.Null(key);
        Assert.Contains("more than once", refusal, StringComparison.Ordinal);
    }
}
